import { useQueryClient } from "@tanstack/react-query";
import { ChevronRight, RefreshCw } from "lucide-react";
import { useState } from "react";
import type { Tool } from "../../core/tool.ts";
import { refreshTools, type ConnectionRow } from "../../data/connections.ts";
import { asDataError, type DataError } from "../../data/data-error.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { JsonTree } from "../../ui/json-tree.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { showDone } from "../../ui/toast.tsx";
import { effectLook } from "./effect-look.ts";

interface ToolsSheetProps {
  connection: ConnectionRow;
  /** Of every connection. */
  tools: readonly Tool[];
  onClose: () => void;
}

/** What an MCP server offers. */
export function ToolsSheet({ connection, tools, onClose }: ToolsSheetProps) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<DataError>();
  const own = tools.filter((tool) => tool.connection === connection.slug);
  const refresh = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const found = await refreshTools(connection.workspaceId, connection.slug);
      await Promise.all(
        ["tools", "surroundings"].map((key) =>
          queries.invalidateQueries({ queryKey: [key, connection.workspaceId] }),
        ),
      );
      showDone(`Read ${found.length} ${found.length === 1 ? "tool" : "tools"} from ${connection.title}`);
    } catch (thrown) {
      setError(asDataError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const seenAt = own[0]?.seenAt;
  return (
    <Sheet
      open
      width={600}
      onOpenChange={(open) => !open && onClose()}
      title={`Tools of ${connection.title}`}
      description={seenAt ? <RelativeTimeLine at={seenAt} /> : "Its tools have not been read yet."}
      footer={
        <Button icon={<RefreshCw />} busy={busy} onClick={() => void refresh()}>
          Read again
        </Button>
      }
    >
      {error && (
        <ErrorPanel
          className="mb-4"
          title="The tools could not be read"
          why={error.message}
          next={error.hint}
          detail={error.detail}
        />
      )}
      <ul className="flex flex-col gap-2">
        {own.map((tool) => (
          <li key={tool.name}>
            <ToolCard tool={tool} />
          </li>
        ))}
      </ul>
      {own.length === 0 && !error && <p className="text-muted">Read the tools to use them in nodes.</p>}
    </Sheet>
  );
}

function RelativeTimeLine({ at }: { at: string }) {
  return (
    <>
      Read <RelativeTime at={at} />. A tool whose schema changes is a different tool: publish again to take
      it.
    </>
  );
}

function ToolCard({ tool }: { tool: Tool }) {
  const effect = effectLook[tool.effect];
  return (
    <details className="group rounded-card border border-line bg-panel">
      <summary className="flex cursor-pointer list-none items-start gap-2 rounded-card px-3 py-2.5">
        <ChevronRight
          className="mt-0.5 size-4 shrink-0 text-faint transition-transform group-open:rotate-90"
          aria-hidden
        />
        <span className="min-w-0 flex-1">
          <span className="flex items-center gap-2">
            <span className="truncate font-medium">{tool.title || tool.name}</span>
            <span className="truncate font-mono text-xs text-faint">{tool.name}</span>
          </span>
          {tool.description && (
            <span className="line-clamp-2 text-sm text-muted group-open:line-clamp-none">
              {tool.description}
            </span>
          )}
        </span>
        {tool.status !== "active" && (
          <Badge tone="failed">{tool.status === "missing" ? "Gone" : "Changed"}</Badge>
        )}
        <Badge tone={effect.tone} title={effect.hint}>
          {effect.label}
        </Badge>
      </summary>
      <div className="flex flex-col gap-3 border-t border-line p-3">
        <p className="text-sm text-muted">
          {effect.hint}
          {tool.effectFrom === "default"
            ? " (assumed: the server does not say)."
            : tool.effectFrom === "author"
              ? " (set here)."
              : "."}
        </p>
        <div>
          <h4 className="mb-1 text-sm font-medium text-muted">Input schema</h4>
          <JsonTree value={tool.inputSchema} label={`Input schema of ${tool.name}`} bare maxHeight={260} />
        </div>
        {tool.outputSchema && (
          <div>
            <h4 className="mb-1 text-sm font-medium text-muted">Output schema</h4>
            <JsonTree
              value={tool.outputSchema}
              label={`Output schema of ${tool.name}`}
              bare
              maxHeight={260}
            />
          </div>
        )}
      </div>
    </details>
  );
}
