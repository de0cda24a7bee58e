import type { EngineStatus } from "../../data/engine-status.ts";
import { useLanes } from "../../data/workspaces.ts";
import { Badge } from "../../ui/badge.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Table, TableCell, TableHead, TableRow } from "../../ui/table.tsx";

const statuses = ["queued", "running", "waiting"] as const;

export function LaneQueues({ workspaceId, status }: { workspaceId: string; status: EngineStatus }) {
  const { data: lanes } = useLanes(workspaceId);
  if (!lanes) return <SkeletonRows rows={4} />;
  return (
    <div className="overflow-hidden rounded-card border border-line bg-raised">
      <Table aria-label="Runs by lane" minWidth={620} className="[&_tr:last-child>td]:border-b-0">
        <colgroup>
          <col />
          <col className="w-24" />
          <col className="w-24" />
          <col className="w-24" />
          <col className="w-24" />
          <col className="w-32" />
        </colgroup>
        <thead>
          <tr>
            <TableHead>Lane</TableHead>
            <TableHead>Limit</TableHead>
            <TableHead>Queued</TableHead>
            <TableHead>Running</TableHead>
            <TableHead>Waiting</TableHead>
            <TableHead>Oldest</TableHead>
          </tr>
        </thead>
        <tbody>
          {lanes.map((lane) => {
            const own = status.lanes.filter((one) => one.lane === lane.name);
            const oldest = own.map((one) => one.oldestAt).toSorted()[0];
            return (
              <TableRow key={lane.name}>
                <TableCell className="font-medium">
                  {lane.title}
                  {lane.paused && (
                    <Badge tone="waiting" className="ml-2">
                      Paused
                    </Badge>
                  )}
                </TableCell>
                <TableCell className="text-muted tabular">{lane.wipLimit ?? "none"}</TableCell>
                {statuses.map((name) => (
                  <Count key={name} n={own.find((one) => one.status === name)?.n ?? 0} />
                ))}
                <TableCell className="text-muted">
                  {oldest === undefined ? (
                    <span className="text-faint">–</span>
                  ) : (
                    <RelativeTime at={oldest} />
                  )}
                </TableCell>
              </TableRow>
            );
          })}
        </tbody>
      </Table>
    </div>
  );
}

function Count({ n }: { n: number }) {
  return (
    <TableCell className={n === 0 ? "text-faint tabular" : "tabular"}>{n.toLocaleString("en")}</TableCell>
  );
}
