import type { EngineStatus } from "../../data/engine-status.ts";
import { useNow } from "../../ui/clock.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";

/** Hosts whose breaker is open: since when, how many steps wait for each, and when it is tried next. */
export function BrokenHosts({ hosts }: { hosts: EngineStatus["breakers"] }) {
  const now = useNow(1_000);
  return (
    <ul className="divide-y divide-line rounded-card border border-line bg-raised">
      {hosts.map(({ host, openedAt, probeAt, n }) => (
        <li key={host} className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2">
          <span className="min-w-0 flex-1 basis-48 truncate font-medium" title={host}>
            {host}
          </span>
          <span className="text-sm text-muted">
            since <RelativeTime at={openedAt} />
          </span>
          <span className="text-sm text-muted">
            {Date.parse(probeAt) <= now ? (
              "tried by the next step"
            ) : (
              <>
                tried again <RelativeTime at={probeAt} />
              </>
            )}
          </span>
          <span className="w-28 text-right text-sm">
            <b className="font-semibold tabular">{n.toLocaleString("en")}</b>{" "}
            {n === 1 ? "step waits" : "steps wait"}
          </span>
        </li>
      ))}
    </ul>
  );
}
