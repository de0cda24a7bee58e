// One run on the board. Its height never changes, so that the board never jumps.
import { ArrowUpRight, RotateCcw, X } from "lucide-react";
import { memo, type KeyboardEvent, type MouseEvent } from "react";
import { ContextMenu } from "../ui/context-menu.tsx";
import { cx } from "../ui/cx.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { useNow } from "../ui/clock.ts";
import { Elapsed } from "../ui/elapsed.tsx";
import { ProgressSegments } from "../ui/progress-segments.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { statusLabel, statusLook } from "../ui/status.tsx";
import { canCancel, canRetry, cardMenu, type CardActions } from "./card-actions.ts";
import type { CardLane, CardRun, LiveStep } from "./card.ts";
import { nowLine } from "./now-line.ts";

/** Pixels, without the gap below. */
export const cardHeight = 98;

export interface RunCardProps {
  run: CardRun;
  tries: number;
  workflowTitle: string;
  steps: readonly LiveStep[];
  lane: CardLane | undefined;
  lanes: readonly CardLane[];
  liveInLane: number;
  /** Names the lane on the card; for columns that are not lanes. */
  showLane: boolean;
  focused: boolean;
  selected: boolean;
  /** Came in while the board was open. */
  fresh: boolean;
  actions: CardActions;
}

function Now({ run, steps, lane, liveInLane }: Pick<RunCardProps, "run" | "steps" | "lane" | "liveInLane">) {
  const now = useNow(1_000);
  const line = nowLine(run, steps, lane, liveInLane, now);
  const tone =
    line.tone === "failed" ? "text-failed" : line.tone === "waiting" ? "text-waiting" : "text-muted";
  return (
    <p className={cx("flex gap-1.5 text-sm tabular", tone)} title={line.whole ?? line.text}>
      <span className="min-w-0 truncate">{line.text}</span>
      {line.aside && <span className="shrink-0">{line.aside}</span>}
    </p>
  );
}

/** The line of "now" says what a run waits for; only what somebody must do is worth saying twice. */
function statusWord(run: CardRun): string {
  const wait = run.waitingFor?.kind;
  return statusLabel(run.status, wait === "approval" || wait === "form" ? run.waitingFor : null);
}

/** A card is dragged as its run's id. */
export const dragType = "application/x-runboard-run";

function RunCardView({
  run,
  tries,
  workflowTitle,
  steps,
  lane,
  lanes,
  liveInLane,
  showLane,
  focused,
  selected,
  fresh,
  actions,
}: RunCardProps) {
  const click = (event: MouseEvent) => {
    if (event.defaultPrevented) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey) actions.select(run, event.shiftKey);
    else actions.open(run);
  };
  const press = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.key !== "Enter") return;
    event.preventDefault();
    actions.open(run);
  };
  /** A button inside the card must not open it as well. */
  const only = (act: () => void) => (event: MouseEvent) => {
    event.preventDefault();
    act();
  };
  const { tone, shape } = statusLook(run.status, run.waitingFor);
  return (
    <ContextMenu entries={cardMenu(run, lanes, selected, actions)}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a card is read as an article; its keys are the board's, and its buttons say the verbs */}
      <article
        aria-label={`${run.title}, ${run.status}`}
        aria-keyshortcuts="Enter R X Space"
        data-run={run.id}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- J and K walk from card to card
        tabIndex={focused ? 0 : -1}
        draggable
        onDragStart={(event) => {
          event.dataTransfer.setData(dragType, run.id);
          event.dataTransfer.effectAllowed = "move";
        }}
        onClick={click}
        onKeyDown={press}
        onFocus={() => actions.focus(run)}
        style={{ height: cardHeight }}
        className={cx(
          "group relative flex cursor-pointer flex-col rounded-card border border-line bg-raised px-3 py-2.5 transition-colors duration-100 hover:border-line-strong",
          "focus-visible:outline-2 focus-visible:outline-offset-0",
          selected && "border-accent bg-accent-soft hover:border-accent",
          fresh && "animate-enter",
        )}
      >
        <header className="flex items-center gap-2">
          <StatusIcon tone={tone} shape={shape} className="size-3.5" />
          <h3 className="min-w-0 flex-1 truncate font-medium" title={run.title}>
            {run.title}
          </h3>
          <span className="shrink-0 text-sm text-muted tabular">
            {run.startedAt ? (
              <Elapsed from={run.startedAt} to={run.finishedAt} />
            ) : (
              <RelativeTime at={run.createdAt} />
            )}
          </span>
        </header>
        <div className="mt-0.5 min-w-0 pl-[22px]">
          <Now run={run} steps={steps} lane={lane} liveInLane={liveInLane} />
        </div>
        <ProgressSegments counts={run.counts} className="mt-1.5 shrink-0" />
        <footer className="mt-auto flex h-[18px] items-center gap-2 text-sm text-faint">
          <span className="min-w-0 flex-1 truncate">
            {workflowTitle !== run.title && `${workflowTitle} `}
            <span className="tabular">v{run.version}</span>
            {showLane && <span> · {run.lane}</span>}
          </span>
          {tries > 1 && (
            <span
              className="shrink-0 rounded-sm bg-hover px-1 text-xs text-muted tabular"
              title={`Started ${tries} times`}
            >
              ×{tries}
            </span>
          )}
          <span className="shrink-0 group-focus-within:invisible group-hover:invisible">
            {statusWord(run)}
          </span>
        </footer>
        <div className="absolute right-1.5 bottom-1.5 flex gap-0.5 rounded-control bg-inherit opacity-0 transition-opacity duration-100 group-focus-within:opacity-100 group-hover:opacity-100">
          {canRetry(run) && (
            <IconButton
              size="sm"
              label="Retry"
              shortcut="R"
              icon={<RotateCcw />}
              onClick={only(() => actions.retry(run))}
            />
          )}
          {canCancel(run) && (
            <IconButton
              size="sm"
              label="Cancel run"
              shortcut="X"
              icon={<X />}
              onClick={only(() => actions.cancel(run))}
            />
          )}
          <IconButton
            size="sm"
            label="Open run"
            shortcut="Enter"
            icon={<ArrowUpRight />}
            onClick={only(() => actions.open(run))}
          />
        </div>
      </article>
    </ContextMenu>
  );
}

export const RunCard = memo(RunCardView);
