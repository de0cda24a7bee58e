import { useNow } from "./clock.ts";
import { cx } from "./cx.ts";
import { formatAbsolute, formatRelative } from "./time-format.ts";

interface RelativeTimeProps {
  /** ISO 8601. */
  at: string;
  className?: string;
}

/** "3 min ago", kept current; the absolute time on hover and for machines. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  const time = Date.parse(at);
  const near = Math.abs(useNow(15_000) - time) < 90_000;
  const now = useNow(near ? 1_000 : 15_000);
  return (
    <time dateTime={at} title={formatAbsolute(time)} className={cx("whitespace-nowrap tabular", className)}>
      {formatRelative(time, now)}
    </time>
  );
}
