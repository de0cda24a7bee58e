import { cx } from "../ui/cx.ts";
import { Tooltip } from "../ui/tooltip.tsx";

export type FeedState = "connecting" | "live" | "catching-up" | "offline";

const looks: Record<FeedState, { label: string; help: string; className: string }> = {
  connecting: {
    label: "Connecting",
    help: "Opening the live connection. What you see was read just now.",
    className: "border-2 border-queued",
  },
  live: { label: "Live", help: "Changes show as they happen.", className: "bg-succeeded" },
  "catching-up": {
    label: "Catching up",
    help: "Reading events that were missed.",
    className: "animate-breathe bg-waiting",
  },
  offline: {
    label: "Offline",
    help: "The connection is lost; it is tried again by itself. What you see may be old.",
    className: "rounded-none bg-failed",
  },
};

/** Whether what is on the screen is current; after a gap, how many events were read. */
export function FeedBadge({ state, caughtUp }: { state: FeedState; caughtUp: number }) {
  const { label, help, className } = looks[state];
  const text =
    state === "live" && caughtUp > 0 ? `Caught up ${caughtUp} ${caughtUp === 1 ? "event" : "events"}` : label;
  return (
    <Tooltip content={help} side="bottom">
      <output className="inline-flex h-7 shrink-0 items-center gap-1.5 rounded-control px-1.5 text-sm text-muted tabular">
        <span aria-hidden className={cx("size-2 rounded-full", className)} />
        {text}
      </output>
    </Tooltip>
  );
}
