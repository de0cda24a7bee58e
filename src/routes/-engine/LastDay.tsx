// The last day as bars, one per hour, and in words.
import { useQuery } from "@tanstack/react-query";
import { addEnds, type Ends, endsByHour, lastDayQuery, typicalDuration } from "../../data/rollups.ts";
import { useNow } from "../../ui/clock.ts";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { formatDuration } from "../../ui/time-format.ts";
import { toneSolid } from "../../ui/tone.ts";

const tallest = 96;
const parts = ["failed", "cancelled", "succeeded"] as const;

function totalOf({ succeeded, failed, cancelled }: Ends): number {
  return succeeded + failed + cancelled;
}

const clock = (hour: number) =>
  new Date(hour).toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function inWords({ succeeded, failed, cancelled }: Ends): string {
  return `${succeeded} succeeded, ${failed} failed, ${cancelled} cancelled`;
}

export function LastDay({ workspaceId }: { workspaceId: string }) {
  const { data: rows } = useQuery(lastDayQuery(workspaceId));
  const now = useNow(30_000);
  if (!rows) return <SkeletonRows rows={3} />;
  const all = addEnds(rows);
  const total = totalOf(all);
  if (total === 0)
    return (
      <p className="rounded-card border border-line bg-raised px-4 py-6 text-center text-muted">
        No run has ended in the last 24 hours.
      </p>
    );
  const hours = endsByHour(rows, now);
  const most = Math.max(...hours.map(({ ends }) => totalOf(ends)));
  const decided = all.succeeded + all.failed;
  const typical = typicalDuration(rows);
  return (
    <figure className="rounded-card border border-line bg-raised p-4">
      <figcaption className="mb-4 flex flex-wrap gap-x-6 gap-y-1 tabular">
        <span>
          <b className="font-semibold">{total.toLocaleString("en")}</b> {total === 1 ? "run" : "runs"} ended
        </span>
        {decided > 0 && (
          <span>
            <b className="font-semibold">{Math.round((all.succeeded / decided) * 1_000) / 10} %</b> succeeded
          </span>
        )}
        <span className="text-muted">{inWords(all)}</span>
        {typical !== null && (
          <span className="text-muted">
            half took {Number.isFinite(typical) ? `up to ${formatDuration(typical)}` : "more than 6 h"}
          </span>
        )}
      </figcaption>
      <ol aria-label="Ends of runs by hour" className="flex items-end gap-1" style={{ height: tallest }}>
        {hours.map(({ hour, ends }) => (
          <li
            key={hour}
            title={`${clock(hour)}: ${inWords(ends)}`}
            className="flex h-full min-w-0 flex-1 flex-col justify-end gap-px border-b border-line"
          >
            <span className="sr-only">
              {clock(hour)}: {inWords(ends)}
            </span>
            {parts.map((part) =>
              ends[part] === 0 ? null : (
                <span
                  key={part}
                  aria-hidden
                  className={`${toneSolid[part]} w-full shrink-0 first-of-type:rounded-t-sm`}
                  style={{ height: Math.max(2, Math.round((ends[part] / most) * (tallest - 6))) }}
                />
              ),
            )}
          </li>
        ))}
      </ol>
      <div aria-hidden className="mt-1 flex justify-between text-xs text-faint tabular">
        <span>{clock(hours[0]?.hour ?? now)}</span>
        <span>{clock(hours[12]?.hour ?? now)}</span>
        <span>now</span>
      </div>
    </figure>
  );
}
