// The timeline's axis: time runs evenly while something works and is cut short while everything only waits.
import type { Segment } from "./timeline.ts";

/** One even stretch of the axis. Times in milliseconds since the epoch, `x` as fractions of the width. */
interface Piece {
  from: number;
  to: number;
  x0: number;
  x1: number;
  /** Nothing worked here and the stretch is drawn shorter than it was. */
  cut: boolean;
}

export interface TimeScale {
  start: number;
  end: number;
  /** Place of a moment, from 0 to 1. */
  at: (time: number) => number;
  cuts: { x0: number; x1: number; ms: number }[];
  ticks: { x: number; ms: number }[];
}

/** A quiet stretch longer than this share of all the work is cut to it. */
const longestQuiet = 0.2;

type Span = [from: number, to: number];

/** Puts a span behind others, into the last of them where it begins within that. */
function append(spans: Span[], from: number, to: number): void {
  const last = spans.at(-1);
  if (last && from >= last[0] && from <= last[1]) last[1] = Math.max(last[1], to);
  else spans.push([from, to]);
}

function mergeBusy(segments: readonly Segment[], start: number, end: number): Span[] {
  // In the order they began most of many thousand stretches fall into the one before: few are left to sort.
  const spans: Span[] = [];
  for (const segment of segments) {
    if (segment.kind !== "running" && segment.kind !== "queued") continue;
    const [from, to] = [Math.max(start, segment.from), Math.min(end, segment.to ?? end)];
    if (to >= from) append(spans, from, to);
  }
  const merged: Span[] = [];
  for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) append(merged, from, to);
  return merged;
}

function stretches(
  busy: readonly Span[],
  start: number,
  end: number,
): { from: number; to: number; quiet: boolean }[] {
  const all: { from: number; to: number; quiet: boolean }[] = [];
  let reached = start;
  for (const [from, to] of busy) {
    if (from > reached) all.push({ from: reached, to: from, quiet: true });
    if (to > from) all.push({ from: Math.max(from, reached), to, quiet: false });
    reached = Math.max(reached, to);
  }
  if (end > reached) all.push({ from: reached, to: end, quiet: true });
  return all;
}

function piecesOf(segments: readonly Segment[], start: number, end: number): Piece[] {
  const parts = stretches(mergeBusy(segments, start, end), start, end);
  const work = parts.filter((part) => !part.quiet).reduce((sum, part) => sum + part.to - part.from, 0);
  const most = Math.max(work * longestQuiet, 250);
  const sized = parts.map((part) => {
    const length = part.to - part.from;
    const cut = part.quiet && length > most && work > 0;
    return { ...part, cut, shown: cut ? most : length };
  });
  const total = sized.reduce((sum, part) => sum + part.shown, 0) || 1;
  let x = 0;
  return sized.map(({ from, to, cut, shown }) => {
    const piece = { from, to, cut, x0: x, x1: x + shown / total };
    x = piece.x1;
    return piece;
  });
}

const steps = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 18e5, 36e5, 72e5,
  216e5, 864e5,
];

function ticksOf(
  pieces: readonly Piece[],
  start: number,
  at: (time: number) => number,
  apart: number,
): TimeScale["ticks"] {
  const shown = pieces.filter((piece) => !piece.cut).reduce((sum, piece) => sum + piece.to - piece.from, 0);
  const step = steps.find((size) => shown / size <= 1 / apart) ?? 864e5;
  const ticks: TimeScale["ticks"] = [];
  for (const piece of pieces) {
    if (piece.cut) continue;
    const first = Math.ceil((piece.from - start) / step) * step;
    for (let ms = first; ms <= piece.to - start; ms += step) {
      const x = at(start + ms);
      const last = ticks.at(-1);
      // Ticks closer than a label is wide would overprint each other.
      if (x < 1 - apart && (!last || x - last.x > apart)) ticks.push({ x, ms });
    }
  }
  return ticks;
}

/**
 * Makes the axis for a run.
 * @param segments of every step; waits and backoffs count as quiet
 * @param start    milliseconds since the epoch
 * @param end      the run's end, or now
 * @param apart    least distance of two ticks, as a share of the width
 */
export function timeScale(segments: readonly Segment[], start: number, end: number, apart = 0.1): TimeScale {
  const last = Math.max(end, start + 1);
  const pieces = piecesOf(segments, start, last);
  const at = (time: number): number => {
    const piece = pieces.find((each) => time <= each.to) ?? pieces.at(-1);
    if (!piece) return 0;
    const share = (time - piece.from) / Math.max(1, piece.to - piece.from);
    return piece.x0 + Math.min(1, Math.max(0, share)) * (piece.x1 - piece.x0);
  };
  const cuts = pieces.filter((piece) => piece.cut).map(({ from, to, x0, x1 }) => ({ x0, x1, ms: to - from }));
  return { start, end: last, at, cuts, ticks: ticksOf(pieces, start, at, apart) };
}
