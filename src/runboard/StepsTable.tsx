// The steps as a table: for reading across, where the timeline is for reading along.
import { Elapsed } from "../ui/elapsed.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { StatusLine } from "../ui/status.tsx";
import { Table, TableCell, TableHead, TableRow } from "../ui/table.tsx";
import type { TreeRow } from "./step-tree.ts";

interface StepsTableProps {
  rows: readonly TreeRow[];
  onOpen: (row: TreeRow) => void;
}

/** More rows than this are for the timeline, which draws only what is in sight. */
const most = 300;

export function StepsTable({ rows, onOpen }: StepsTableProps) {
  return (
    <>
      <Table aria-label="Steps">
        <thead>
          <tr>
            <TableHead className="w-[28%]">Step</TableHead>
            <TableHead className="w-52">Status</TableHead>
            <TableHead className="w-20">Tries</TableHead>
            <TableHead className="w-28">Started</TableHead>
            <TableHead className="w-24">Took</TableHead>
            <TableHead>Error</TableHead>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row) => (
            <TableRow key={row.id}>
              <TableCell>
                <button
                  type="button"
                  onClick={() => onOpen(row)}
                  className="max-w-full truncate rounded-sm font-medium hover:text-accent-ink"
                  style={{ paddingLeft: row.depth * 16 }}
                >
                  {row.label}
                </button>
              </TableCell>
              <TableCell>
                <StatusLine status={row.status} waitingFor={row.step.waitingFor} />
              </TableCell>
              <TableCell className="text-muted tabular">{row.step.tries || ""}</TableCell>
              <TableCell className="text-muted">
                {row.step.startedAt && <RelativeTime at={row.step.startedAt} />}
              </TableCell>
              <TableCell className="text-muted">
                {row.step.startedAt && <Elapsed from={row.step.startedAt} to={row.step.finishedAt} />}
              </TableCell>
              <TableCell className="text-failed" title={row.step.error?.message}>
                {row.status === "failed" ? row.step.error?.message : null}
              </TableCell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      {rows.length > most && (
        <p className="p-4 text-muted">
          The first {most} rows of {rows.length}. The timeline shows all of them.
        </p>
      )}
    </>
  );
}
