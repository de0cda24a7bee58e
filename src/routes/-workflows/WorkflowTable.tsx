import { Link, useNavigate } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { endsBy, lastDayQuery, type Ends } from "../../data/rollups.ts";
import { useTriggers, type TriggerRow } from "../../data/triggers.ts";
import { lastRunsQuery, type LastRun, type WorkflowRow } from "../../data/workflows.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { Badge } from "../../ui/badge.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { StatusLine } from "../../ui/status.tsx";
import { Table, TableCell, TableHead, TableRow } from "../../ui/table.tsx";
import { DayCell } from "./DayCell.tsx";
import { Starts } from "./Starts.tsx";
import { WorkflowMenu } from "./WorkflowMenu.tsx";

export function WorkflowTable({
  workspace,
  rows,
}: {
  workspace: WorkspaceRow;
  rows: readonly WorkflowRow[];
}) {
  const { data: lastRuns } = useQuery(lastRunsQuery(workspace.id));
  const { data: lastDay } = useQuery(lastDayQuery(workspace.id));
  const ends = useMemo(() => endsBy(lastDay ?? [], (row) => row.workflowId), [lastDay]);
  const triggers = useTriggers(workspace.id);
  return (
    <Table>
      <colgroup>
        <col />
        <col className="w-28" />
        <col className="w-44" />
        <col className="w-48" />
        <col className="w-36 max-lg:hidden" />
        <col className="w-28 max-lg:hidden" />
        <col className="w-12" />
      </colgroup>
      <thead>
        <tr>
          <TableHead>Title</TableHead>
          <TableHead>Live version</TableHead>
          <TableHead>Starts</TableHead>
          <TableHead>Last run</TableHead>
          <TableHead className="max-lg:hidden">Ended in 24 h</TableHead>
          <TableHead className="max-lg:hidden">Updated</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row
            key={row.id}
            workspace={workspace}
            row={row}
            lastRun={lastRuns?.get(row.id)}
            ends={ends.get(row.id)}
            triggers={triggers.data?.filter(({ workflowId }) => workflowId === row.id) ?? []}
          />
        ))}
      </tbody>
    </Table>
  );
}

function Row({
  workspace,
  row,
  lastRun,
  ends,
  triggers,
}: {
  workspace: WorkspaceRow;
  row: WorkflowRow;
  lastRun: LastRun | undefined;
  ends: Ends | undefined;
  triggers: readonly TriggerRow[];
}) {
  const navigate = useNavigate();
  const params = { workspace: workspace.slug, workflow: row.slug };
  return (
    <TableRow
      className="cursor-pointer"
      // The link in the first cell is what the keyboard uses; the rest of the row only widens its target.
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("a, button, [role=menu]")) return;
        void navigate({ to: "/w/$workspace/workflows/$workflow", params });
      }}
    >
      <TableCell className="h-13">
        <Link to="/w/$workspace/workflows/$workflow" params={params} className="font-medium hover:underline">
          {row.title}
        </Link>
        <span className="ml-2 font-mono text-xs text-faint max-xl:hidden">{row.slug}</span>
        {row.status === "paused" && (
          <Badge tone="waiting" className="ml-2">
            Paused
          </Badge>
        )}
        {row.description && (
          <div className="truncate text-sm text-muted" title={row.description}>
            {row.description}
          </div>
        )}
      </TableCell>
      <TableCell>
        {row.liveVersion === null ? (
          <span className="text-faint">Draft only</span>
        ) : (
          <Badge mono>v{row.liveVersion}</Badge>
        )}
      </TableCell>
      <TableCell>
        <Starts triggers={row.liveVersion === null ? null : triggers} />
      </TableCell>
      <TableCell>
        {lastRun ? (
          <Link
            to="/w/$workspace/runs/$run"
            params={{ workspace: workspace.slug, run: lastRun.id }}
            className="flex w-fit max-w-full items-center gap-2 rounded-sm hover:underline"
          >
            <StatusLine status={lastRun.status} />
            <RelativeTime at={lastRun.finishedAt ?? lastRun.createdAt} className="text-sm text-muted" />
          </Link>
        ) : (
          <span className="text-faint">Never run</span>
        )}
      </TableCell>
      <TableCell className="max-lg:hidden">
        <DayCell ends={ends} />
      </TableCell>
      <TableCell className="text-muted max-lg:hidden">
        <RelativeTime at={row.updatedAt} />
      </TableCell>
      <TableCell className="overflow-visible pr-3 pl-0 text-right">
        <WorkflowMenu workspace={workspace} row={row} />
      </TableCell>
    </TableRow>
  );
}
