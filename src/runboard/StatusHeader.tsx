import type { RunStatus } from "../core/run.ts";
import { StatusIcon } from "../ui/status-icon.tsx";
import { runStatusLook } from "../ui/status.tsx";
import type { Column } from "./lanes.ts";

/** The heading of a column that is a status. */
export function StatusHeader({ status, column }: { status: RunStatus | undefined; column: Column }) {
  const look = status && runStatusLook[status];
  const count = column.live.length + column.failed.length + column.finished.length;
  return (
    <header className="flex h-10 shrink-0 items-center gap-2 px-3">
      {look && <StatusIcon tone={look.tone} className="size-3.5 animate-none" />}
      <h2 className="font-semibold">{look?.label ?? column.key}</h2>
      <span className="text-sm text-muted tabular">{count}</span>
    </header>
  );
}
