// The picture of a node: on the canvas, in the gallery and under a live run. It knows nothing of any of them.
import { Pin } from "lucide-react";
import type { ReactNode } from "react";
import type { IconName, NodeCategory } from "../core/node.ts";
import { cx } from "./cx.ts";
import { KindIcon } from "./icons.tsx";
import { ProblemCorner } from "./problem-corner.tsx";
import { StatusIcon, type WaitingShape } from "./status-icon.tsx";
import { toneBorder, toneSoft, type Tone } from "./tone.ts";

/** Pixels. Every card is exactly this large, whatever its state. */
export const nodeCardSize = { width: 220, height: 56 };

export interface NodeCardState {
  tone: Tone;
  /** Read out, e.g. "Waiting for approval". */
  label: string;
  shape?: WaitingShape | undefined;
  /** At the top right: `×3`, `97/100`, `$0.02`. */
  badge?: string | undefined;
}

export interface NodeCardProps {
  icon: IconName;
  category: NodeCategory;
  title: string;
  /** The one fact that matters: the host, the model, the condition. */
  fact?: string | undefined;
  /** Shown when there is no fact and the title does not say it: what kind of node it is. */
  kindTitle: string;
  state?: NodeCardState | undefined;
  selected?: boolean;
  disabled?: boolean;
  /** Its output is pinned: it will not run in tests. */
  pinned?: boolean;
  /** Not on the route this run took. */
  faded?: boolean;
  problems?: { severity: "error" | "warning"; count: number } | undefined;
  /** Ports, placed by their owner. */
  children?: ReactNode;
}

export function NodeCard(props: NodeCardProps) {
  const {
    icon,
    category,
    title,
    fact,
    kindTitle,
    state,
    selected = false,
    disabled = false,
    pinned = false,
    faded = false,
    problems,
    children,
  } = props;
  return (
    <div
      style={nodeCardSize}
      className={cx(
        "relative rounded-card border bg-raised transition-[border-color,opacity] duration-100",
        state && state.tone !== "queued" ? toneBorder[state.tone] : "border-line-strong",
        state &&
          (state.tone === "skipped" || state.tone === "cancelled" || state.tone === "queued") &&
          "border-dashed",
        selected && "outline-2 outline-offset-1 outline-accent",
        disabled && "hatched",
        faded && "border-line bg-panel",
      )}
    >
      <div className="flex h-full items-center gap-2.5 px-2.5">
        <KindIcon
          icon={icon}
          category={category}
          className={cx(disabled && "grayscale", faded && "opacity-40 grayscale")}
        />
        <div className="min-w-0 flex-1">
          <div
            className={cx(
              "truncate text-base font-medium",
              (disabled || faded) && "text-muted",
              disabled && "line-through decoration-1",
            )}
            title={title}
          >
            {title}
          </div>
          {(fact || kindTitle !== title) && <MiddleTruncated text={fact || kindTitle} mono={Boolean(fact)} />}
        </div>
      </div>
      {state && <StateBadge state={state} />}
      {pinned && <PinMark />}
      {problems && problems.count > 0 && <ProblemCorner {...problems} />}
      {children}
    </div>
  );
}

/** Keeps the start and the end of a text, where hosts and file names differ. */
function MiddleTruncated({ text, mono }: { text: string; mono: boolean }) {
  const tail = text.length > 24 ? text.slice(-9) : "";
  const head = tail === "" ? text : text.slice(0, -9);
  return (
    <div
      className={cx("flex min-w-0 text-muted", mono ? "font-mono text-xs leading-[18px]" : "text-sm")}
      title={text}
    >
      <span className="truncate">{head}</span>
      {tail !== "" && <span className="shrink-0 whitespace-pre">{tail}</span>}
    </div>
  );
}

function StateBadge({ state }: { state: NodeCardState }) {
  return (
    <span
      className={cx(
        "absolute -top-2.5 right-2 inline-flex h-5 items-center gap-1 rounded-full border px-1 text-xs font-medium tabular",
        toneSoft[state.tone],
        toneBorder[state.tone],
        state.badge && "pr-1.5",
      )}
    >
      <StatusIcon tone={state.tone} shape={state.shape} label={state.label} className="size-3" />
      {state.badge}
    </span>
  );
}

function PinMark() {
  return (
    <span
      title="Output is pinned: this node does not run in tests"
      className="absolute -top-2.5 left-2 inline-flex h-5 items-center gap-1 rounded-full bg-accent-solid px-1.5 text-xs font-semibold text-white"
    >
      <Pin className="size-3 fill-current" aria-hidden />
      pinned
    </span>
  );
}
