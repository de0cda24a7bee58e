// When a schedule comes next, as it stands in the draft.
import { nextSlots } from "../../core/schedule.ts";
import type { JsonObject } from "../../core/json.ts";
import { useNow } from "../../ui/clock.ts";
import { formatRelative } from "../../ui/time-format.ts";

function inZone(at: number, timezone: string): string {
  return new Intl.DateTimeFormat(undefined, {
    timeZone: timezone,
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: new Date(at).getSeconds() === 0 ? undefined : "2-digit",
  }).format(at);
}

export function NextTimes({ config, enabled }: { config: JsonObject; enabled: boolean }) {
  const now = useNow(1_000);
  const cron = typeof config.cron === "string" ? config.cron : "0 9 * * 1-5";
  const timezone = typeof config.timezone === "string" ? config.timezone : "UTC";
  const times = nextSlots({ cron, timezone }, now, 3);
  if (times.length === 0)
    return (
      <p className="text-sm text-waiting">
        This schedule never comes round: check the cron expression and the time zone.
      </p>
    );
  return (
    <div>
      <h2 className="mb-1 text-sm font-medium">Next times</h2>
      <ol
        aria-label="Next times"
        className={enabled ? "flex flex-col gap-0.5" : "flex flex-col gap-0.5 opacity-50"}
      >
        {times.map((at) => (
          <li key={at} className="flex justify-between gap-2 tabular">
            <time dateTime={new Date(at).toISOString()}>{inZone(at, timezone)}</time>
            <span className="text-muted">{formatRelative(at, now)}</span>
          </li>
        ))}
      </ol>
      <p className="mt-1 text-xs text-faint">{timezone}</p>
    </div>
  );
}
