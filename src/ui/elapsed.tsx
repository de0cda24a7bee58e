import { useNow } from "./clock.ts";
import { cx } from "./cx.ts";
import { formatDuration, formatElapsed } from "./time-format.ts";

interface ElapsedProps {
  /** ISO 8601. */
  from: string;
  /** ISO 8601; absent while it goes on, and then the figure ticks. */
  to?: string | null | undefined;
  className?: string;
}

/** How long something took or has taken. */
export function Elapsed({ from, to, className }: ElapsedProps) {
  const now = useNow(to ? 0 : 1_000);
  const start = Date.parse(from);
  const text = to ? formatDuration(Date.parse(to) - start) : formatElapsed(now - start);
  return <span className={cx("whitespace-nowrap tabular", className)}>{text}</span>;
}
