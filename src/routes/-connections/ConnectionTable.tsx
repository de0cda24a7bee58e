import { KeyRound } from "lucide-react";
import type { Tool } from "../../core/tool.ts";
import type { ConnectionRow } from "../../data/connections.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Table, TableCell, TableHead, TableRow } from "../../ui/table.tsx";
import { connectionLook } from "./connection-look.ts";

interface ConnectionTableProps {
  connections: readonly ConnectionRow[];
  tools: readonly Tool[];
  onEdit: (connection: ConnectionRow) => void;
  onTools: (slug: string) => void;
}

export function ConnectionTable({ connections, tools, onEdit, onTools }: ConnectionTableProps) {
  return (
    <Table minWidth={760}>
      <colgroup>
        <col />
        <col className="w-40" />
        <col className="w-[28%]" />
        <col className="w-24" />
        <col className="w-28" />
      </colgroup>
      <thead>
        <tr>
          <TableHead>Name</TableHead>
          <TableHead>Kind</TableHead>
          <TableHead>Reaches</TableHead>
          <TableHead>Secret</TableHead>
          <TableHead>Tools</TableHead>
        </tr>
      </thead>
      <tbody>
        {connections.map((connection) => (
          <Row
            key={connection.id}
            connection={connection}
            toolCount={
              tools.filter((tool) => tool.connection === connection.slug && tool.status !== "missing").length
            }
            onEdit={() => onEdit(connection)}
            onTools={() => onTools(connection.slug)}
          />
        ))}
      </tbody>
    </Table>
  );
}

interface RowProps {
  connection: ConnectionRow;
  toolCount: number;
  onEdit: () => void;
  onTools: () => void;
}

function Row({ connection, toolCount, onEdit, onTools }: RowProps) {
  const { label, icon: Icon } = connectionLook[connection.kind];
  const reaches =
    connection.hosts.length > 0 ? connection.hosts.join(", ") : (connection.baseUrl ?? "its provider");
  return (
    <TableRow
      className="cursor-pointer"
      onClick={(event) => {
        if (event.target instanceof Element && !event.target.closest("button")) onEdit();
      }}
    >
      <TableCell>
        <button type="button" onClick={onEdit} className="rounded-sm font-medium hover:underline">
          {connection.title}
        </button>
        <span className="ml-2 font-mono text-xs text-faint">{connection.slug}</span>
        {connection.status === "failing" && (
          <Badge tone="failed" className="ml-2">
            Failing
          </Badge>
        )}
      </TableCell>
      <TableCell className="text-muted">
        <span className="flex items-center gap-1.5">
          <Icon className="size-3.5" aria-hidden />
          {label}
        </span>
      </TableCell>
      <TableCell className="font-mono text-sm text-muted" title={reaches}>
        {reaches}
      </TableCell>
      <TableCell>
        {connection.hasSecret ? (
          <span className="flex items-center gap-1.5 text-muted">
            <KeyRound className="size-3.5" aria-hidden />
            Stored
          </span>
        ) : (
          <span className="text-faint">None</span>
        )}
      </TableCell>
      <TableCell>
        {connection.kind === "mcp" ? (
          <Button size="sm" onClick={onTools}>
            {toolCount === 0 ? "Read tools" : `${toolCount} ${toolCount === 1 ? "tool" : "tools"}`}
          </Button>
        ) : null}
      </TableCell>
    </TableRow>
  );
}
