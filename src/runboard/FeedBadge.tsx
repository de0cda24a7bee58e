import { useEffect, useState } from "react";
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

/** How long the number of events read after a gap stays in sight. Milliseconds. */
const noticeMs = 6_000;

/** Whether what is on the screen is current; after a gap, how many events were read. */
export function FeedBadge({ state, caughtUp }: { state: FeedState; caughtUp: number }) {
  const [shown, setShown] = useState(0);
  useEffect(() => {
    if (caughtUp === 0) return;
    setShown(caughtUp);
    const timer = setTimeout(() => setShown(0), noticeMs);
    return () => clearTimeout(timer);
  }, [caughtUp]);
  const { label, help, className } = looks[state];
  const text =
    state === "live" && shown > 0 ? `Caught up ${shown} ${shown === 1 ? "event" : "events"}` : label;
  return (
    <Tooltip content={help} side="bottom">
      <span
        role="status"
        tabIndex={0}
        className="inline-flex h-7 shrink-0 items-center gap-1.5 rounded-control px-1.5 text-sm text-muted tabular"
      >
        <span aria-hidden className={cx("size-2 rounded-full", className)} />
        {text}
      </span>
    </Tooltip>
  );
}
