import { CircleAlert, MoreHorizontal, Pause, Play } from "lucide-react";
import { cx } from "../ui/cx.ts";
import { DropdownMenu } from "../ui/dropdown-menu.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import type { MenuEntry } from "../ui/menu-entry.ts";
import type { CardLane } from "./card.ts";
import type { Column } from "./lanes.ts";

/** What the owner may change about a lane; absent for everyone else. */
export interface LaneVerbs {
  setPaused: (lane: CardLane, paused: boolean) => void;
  setLimit: (lane: CardLane, limit: number | null) => void;
}

const limits = [1, 2, 3, 5, 10, 25];

function laneMenu(lane: CardLane, verbs: LaneVerbs): MenuEntry[] {
  return [
    lane.paused
      ? { label: "Resume lane", icon: <Play />, onSelect: () => verbs.setPaused(lane, false) }
      : { label: "Pause lane", icon: <Pause />, onSelect: () => verbs.setPaused(lane, true) },
    {
      label: "Runs at once",
      entries: [
        { label: "No limit", checked: lane.wipLimit == null, onSelect: () => verbs.setLimit(lane, null) },
        ...limits.map((limit) => ({
          label: String(limit),
          checked: lane.wipLimit === limit,
          onSelect: () => verbs.setLimit(lane, limit),
        })),
      ],
    },
  ];
}

/** A lane's name, how much lives in it, and whether it takes more. */
export function LaneHeader({
  lane,
  column,
  verbs,
}: {
  lane: CardLane;
  column: Column;
  verbs: LaneVerbs | null;
}) {
  const full = lane.wipLimit != null && column.liveCount >= lane.wipLimit;
  const queued = column.live.length - column.liveCount;
  const count = lane.wipLimit == null ? `${column.liveCount}` : `${column.liveCount}/${lane.wipLimit}`;
  return (
    <header className="@container flex h-10 shrink-0 items-center gap-2 pr-1.5 pl-3">
      <span aria-hidden className="size-2 shrink-0 rounded-sm" style={{ background: lane.colour }} />
      <h2 className="min-w-0 truncate font-semibold" title={lane.title}>
        {lane.title === lane.name ? `Lane ${lane.name}` : lane.title}
      </h2>
      <span
        title={
          lane.wipLimit == null
            ? `${column.liveCount} live, no limit`
            : `${column.liveCount} of ${lane.wipLimit} slots taken`
        }
        className={cx(
          "shrink-0 rounded-sm px-1 text-sm tabular",
          full ? "bg-waiting-soft font-medium text-waiting" : "text-muted",
        )}
      >
        {count}
      </span>
      {queued > 0 && (
        <span className="hidden shrink-0 text-sm text-faint tabular @[15.5rem]:inline">{queued} queued</span>
      )}
      {column.failed.length > 0 && (
        <span
          className="flex shrink-0 items-center gap-1 text-sm text-failed tabular"
          title={`${column.failed.length} failed in this lane`}
        >
          <CircleAlert aria-hidden className="size-3.5" />
          <span className="sr-only">failed </span>
          {column.failed.length}
        </span>
      )}
      <span className="flex-1" />
      {lane.paused && (
        <span
          title="Paused"
          className="flex h-5 shrink-0 items-center gap-1 rounded-sm bg-waiting-soft px-1.5 text-sm font-medium text-waiting"
        >
          <Pause aria-hidden className="size-3" />
          <span className="sr-only @[20rem]:not-sr-only">Paused</span>
        </span>
      )}
      {verbs && (
        <DropdownMenu
          trigger={<IconButton size="sm" label={`Settings of ${lane.title}`} icon={<MoreHorizontal />} />}
          entries={laneMenu(lane, verbs)}
        />
      )}
    </header>
  );
}
