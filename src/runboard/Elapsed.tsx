import { elapsedMs, formatDistance, formatExact, formatSpan } from "./clock.ts";
import { useNow } from "./use-now.ts";

interface ElapsedProps {
  from: string | null | undefined;
  to: string | null | undefined;
}

/** How long something has taken; ticks while it lasts. */
export function Elapsed({ from, to }: ElapsedProps) {
  const live = Boolean(from) && !to;
  const now = useNow(live);
  const ms = elapsedMs(from, to, Math.max(now, from ? Date.parse(from) : 0));
  if (ms === null) return <span className="text-faint">–</span>;
  return (
    <time
      dateTime={`PT${(ms / 1000).toFixed(1)}S`}
      className="tabular whitespace-nowrap"
      title={from ? `Since ${formatExact(from)}` : undefined}
    >
      {formatSpan(ms, live)}
    </time>
  );
}

/** A moment, told from now; the exact time on hover. */
export function Ago({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={formatExact(at)} className="tabular whitespace-nowrap">
      {formatDistance(at, now)}
    </time>
  );
}
