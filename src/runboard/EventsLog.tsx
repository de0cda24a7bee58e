// Every event of the run in its order, as it was recorded.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import { Search } from "lucide-react";
import type { RunEvent } from "../core/run-event.ts";
import { cx } from "../ui/cx.ts";
import { Input } from "../ui/input.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { statusLook } from "../ui/status.tsx";
import { formatAbsolute } from "../ui/time-format.ts";
import type { TimelineEvent } from "./timeline.ts";

/** A stored event, or the envelope of one whose data was not read. */
export type LogEvent = TimelineEvent & Pick<RunEvent, "seq" | "status">;

const columns =
  "grid grid-cols-[64px_112px_150px_minmax(120px,1fr)_72px_minmax(120px,2fr)] items-center gap-3 px-4";

function clockOf(at: string): string {
  const time = new Date(at);
  return `${time.toLocaleTimeString("en-GB")}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}

function dataText(data: LogEvent["data"]): string {
  return data && Object.keys(data).length > 0 ? JSON.stringify(data) : "";
}

function matches(event: LogEvent, query: string): boolean {
  return `${event.kind} ${event.step ?? ""} ${event.status} ${dataText(event.data)}`
    .toLowerCase()
    .includes(query);
}

export function EventsLog({ events }: { events: readonly LogEvent[] }) {
  const [query, setQuery] = useState("");
  const shown = query === "" ? events : events.filter((event) => matches(event, query.toLowerCase()));
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- its functions are called here and handed to nobody
  const list = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    overscan: 12,
  });
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex items-center gap-3 px-4 py-2">
        <div className="w-64">
          <Input
            icon={<Search />}
            placeholder="Filter events"
            aria-label="Filter events"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </div>
        <p className="text-sm text-muted tabular">
          {query === "" ? `${events.length} events` : `${shown.length} of ${events.length} events`}
        </p>
      </div>
      <div className={cx(columns, "h-7 shrink-0 border-b border-line text-sm text-muted")}>
        <span>Seq</span>
        <span>Time</span>
        <span>Event</span>
        <span>Step</span>
        <span>Attempt</span>
        <span>Data</span>
      </div>
      <div
        ref={scroller}
        role="log"
        aria-label="Events"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard
        tabIndex={0}
        className="min-h-0 flex-1 overflow-auto focus-visible:-outline-offset-2"
      >
        <div className="relative" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const event = shown[item.index];
            if (!event) return null;
            const { tone } = statusLook(event.status);
            const data = dataText(event.data);
            return (
              <div
                key={event.seq}
                className={cx(columns, "absolute inset-x-0 top-0 h-7 text-sm hover:bg-hover")}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <span className="font-mono text-faint tabular">{event.seq}</span>
                <time
                  dateTime={event.at}
                  title={formatAbsolute(Date.parse(event.at))}
                  className="font-mono text-muted tabular"
                >
                  {clockOf(event.at)}
                </time>
                <span className="flex min-w-0 items-center gap-1.5">
                  <StatusIcon tone={tone} className={cx("size-3.5", tone === "running" && "animate-none")} />
                  <span className="truncate font-mono">{event.kind}</span>
                </span>
                <span className="truncate font-mono text-muted">
                  {event.step}
                  {event.item && event.item.length > 0 && `[${event.item.join(",")}]`}
                </span>
                <span className="text-muted tabular">{event.attempt || ""}</span>
                <span className="truncate font-mono text-faint" title={data}>
                  {data}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
