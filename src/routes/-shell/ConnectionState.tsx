import { useEffect, useState } from "react";
import type { FeedState } from "../../data/run-feed.ts";
import { cx } from "../../ui/cx.ts";
import { Tooltip } from "../../ui/tooltip.tsx";

const looks = {
  connecting: {
    label: "Connecting",
    dot: "bg-queued animate-breathe",
    help: "Joining the live feed. What you see is stored data.",
  },
  live: { label: "Live", dot: "bg-succeeded", help: "Changes appear as they happen." },
  "catching-up": {
    label: "Catching up",
    dot: "bg-running animate-breathe",
    help: "Reading what happened while the connection was gone.",
  },
  offline: {
    label: "Offline",
    dot: "bg-failed",
    help: "The server cannot be reached. It is tried again every few seconds; nothing is lost.",
  },
} satisfies Record<FeedState["state"], { label: string; dot: string; help: string }>;

/** Milliseconds the result of a catch-up stays to be read. */
const noticeMs = 5_000;

/** Whether what one sees is live; after a gap, how much came in. */
export function ConnectionState({ state, compact }: { state: FeedState; compact: boolean }) {
  const [read, setRead] = useState<FeedState>();
  const notice = state.state === "live" && state.caughtUp > 0 && read !== state;
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setRead(state), noticeMs);
    return () => clearTimeout(timer);
  }, [notice, state]);
  const look = looks[state.state];
  const label = notice
    ? `Caught up ${state.caughtUp} ${state.caughtUp === 1 ? "event" : "events"}`
    : look.label;
  return (
    <Tooltip content={look.help} side="right">
      <button
        type="button"
        aria-label={`Live connection: ${label}`}
        className={cx(
          "flex h-7 cursor-default items-center gap-2 rounded-control px-2 text-sm text-muted",
          compact && "justify-center px-0",
        )}
      >
        <span
          aria-hidden
          className={cx(
            "size-2 shrink-0 rounded-full",
            look.dot,
            state.state === "offline" && "rounded-none",
          )}
        />
        {!compact && <span className="truncate">{label}</span>}
      </button>
    </Tooltip>
  );
}
