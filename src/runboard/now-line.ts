// The one line of "now" on a card: what it does, what it waits for and until when, or what went wrong.
import { laneLabel, type CardLane, type CardRun, type LiveStep } from "./card.ts";
import { formatRelative } from "../ui/time-format.ts";
import { waitWords } from "./waiting.ts";

export interface NowLine {
  text: string;
  /** Kept whole where the text is cut short: until when, or how many slots are taken. */
  aside?: string;
  /** Everything, for where there is room. */
  whole?: string;
  tone: "plain" | "waiting" | "failed";
}

const manySteps = 20;

const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

function runningText(steps: readonly LiveStep[], run: CardRun): string {
  const [first, ...others] = [...steps].sort((a, b) => a.itemPath.length - b.itemPath.length);
  if (!first)
    return run.counts.running === 0 ? "Between two steps" : `${plural(run.counts.running, "step")} at work`;
  const tries = first.tries > 1 ? `, try ${first.tries} of ${first.attemptLimit}` : "";
  const items = first.itemsTotal ? ` · ${first.itemsDone ?? 0}/${first.itemsTotal}` : "";
  const titles = new Set(others.map((step) => step.title));
  titles.delete(first.title);
  const more =
    titles.size > 0 ? ` and ${titles.size} more` : others.length > 0 ? ` ×${others.length + 1}` : "";
  return first.title + items + tries + more;
}

/** How far a run is, where a map makes its steps too many to tell by name. */
function farOf(text: string, { counts }: CardRun): Pick<NowLine, "aside" | "whole"> {
  if (counts.total < manySteps) return {};
  const done = counts.succeeded + counts.skipped;
  return {
    aside: `${Math.floor((100 * done) / counts.total)} %`,
    whole: `${text}, ${done.toLocaleString("en")} of ${plural(counts.total, "step")} done`,
  };
}

function queuedLine(run: CardRun, lane: CardLane | undefined, liveInLane: number): NowLine {
  if (lane?.paused) return { text: `Held back: ${laneLabel(lane)} is paused`, tone: "plain" };
  if (lane?.wipLimit && liveInLane >= lane.wipLimit) {
    return {
      text: "Waits for a free slot",
      aside: `${liveInLane} of ${lane.wipLimit} taken`,
      whole: `Waits for a free slot in ${laneLabel(lane)}, ${liveInLane} of ${lane.wipLimit} taken`,
      tone: "plain",
    };
  }
  return {
    text: run.priority < 100 ? "Next in line, raised priority" : "Next in line for a worker",
    tone: "plain",
  };
}

function pausedLine({ pausedAt, counts }: CardRun, now: number): NowLine {
  const since = pausedAt ? formatRelative(Date.parse(pausedAt), now) : "";
  const text =
    counts.running > 0 ? `Pausing: ${plural(counts.running, "step")} still at work` : "Paused by a person";
  return {
    text,
    aside: since,
    whole: `${text}, ${since}; nothing starts until it is resumed`,
    tone: "waiting",
  };
}

function finishedText(run: CardRun, now: number): string {
  const ago = run.finishedAt ? `, ${formatRelative(Date.parse(run.finishedAt), now)}` : "";
  if (run.status === "cancelled") return `Cancelled after ${plural(run.counts.succeeded, "step")}${ago}`;
  const failed = run.counts.failed > 0 ? ` with ${plural(run.counts.failed, "failed step")}` : "";
  return `${plural(run.counts.succeeded, "step")} done${failed}${ago}`;
}

/**
 * Writes the card's line of "now".
 * @param steps      running and waiting steps of this run, as far as they are known
 * @param lane       the run's lane
 * @param liveInLane runs of that lane that are running or waiting
 * @param now        milliseconds since the epoch
 */
export function nowLine(
  run: CardRun,
  steps: readonly LiveStep[],
  lane: CardLane | undefined,
  liveInLane: number,
  now: number,
): NowLine {
  if (run.cancelRequestedAt && run.status !== "cancelled" && !run.finishedAt) {
    return { text: "Cancelling: running steps stop within 10 s", tone: "waiting" };
  }
  if (run.pausedAt && !run.finishedAt) return pausedLine(run, now);
  if (run.ending && run.status === "running") {
    const why = run.ending.status === "cancelled" ? "it was cancelled" : "it failed";
    const at = runningText(
      steps.filter((step) => step.status === "running"),
      run,
    );
    const reason = run.ending.error?.message.split("\n", 1)[0];
    return {
      text: `Undoing its steps: ${why}`,
      whole: reason ? `${at}, because ${why}: ${reason}` : `${at}, because ${why}`,
      tone: "waiting",
    };
  }
  switch (run.status) {
    case "queued":
      return queuedLine(run, lane, liveInLane);
    case "running": {
      const text = runningText(
        steps.filter((step) => step.status === "running"),
        run,
      );
      return { text, ...farOf(text, run), tone: "plain" };
    }
    case "waiting": {
      const waiting = run.waitingFor;
      if (waiting?.kind === "lane") return { ...queuedLine(run, lane, liveInLane), tone: "waiting" };
      if (!waiting) return { text: "Waits", tone: "waiting" };
      const step =
        steps.find(
          (each) => each.waitingFor?.kind === waiting.kind && each.waitingFor.until === waiting.until,
        ) ?? steps.find((each) => each.waitingFor?.kind === waiting.kind);
      const facts = {
        stepTitle: step?.title,
        nextTry: step ? step.tries + 1 : undefined,
        tryLimit: step?.attemptLimit,
        laneTitle: lane ? laneLabel(lane) : undefined,
      };
      const { subject, until, shortUntil } = waitWords(waiting, facts, now);
      return { text: subject, aside: shortUntil, whole: `${subject} ${until}`.trim(), tone: "waiting" };
    }
    case "failed":
      return { text: run.error?.message.split("\n", 1)[0] ?? "Failed without a message", tone: "failed" };
    default:
      return { text: finishedText(run, now), tone: "plain" };
  }
}
