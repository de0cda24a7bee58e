// Align and distribute.
import type { Point } from "./nodes.ts";

export interface Box {
  id: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

export type Alignment = "left" | "centre" | "right" | "top" | "middle" | "bottom";

/** New positions that line the boxes up on one side or centre of their common frame. */
export function align(boxes: readonly Box[], side: Alignment): Map<string, Point> {
  const left = Math.min(...boxes.map((box) => box.x));
  const right = Math.max(...boxes.map((box) => box.x + box.w));
  const top = Math.min(...boxes.map((box) => box.y));
  const bottom = Math.max(...boxes.map((box) => box.y + box.h));
  const at: Record<Alignment, (box: Box) => Point> = {
    left: (box) => ({ x: left, y: box.y }),
    right: (box) => ({ x: right - box.w, y: box.y }),
    centre: (box) => ({ x: Math.round((left + right - box.w) / 2), y: box.y }),
    top: (box) => ({ x: box.x, y: top }),
    bottom: (box) => ({ x: box.x, y: bottom - box.h }),
    middle: (box) => ({ x: box.x, y: Math.round((top + bottom - box.h) / 2) }),
  };
  return new Map(boxes.map((box) => [box.id, at[side](box)]));
}

/** New positions with equal gaps; the two outermost boxes stay. */
export function distribute(boxes: readonly Box[], axis: "x" | "y"): Map<string, Point> {
  const length = axis === "x" ? "w" : "h";
  const sorted = boxes.toSorted((a, b) => a[axis] - b[axis]);
  const first = sorted[0];
  const last = sorted.at(-1);
  if (!first || !last || sorted.length < 3) return new Map();
  const filled = sorted.reduce((sum, box) => sum + box[length], 0);
  const gap = (last[axis] + last[length] - first[axis] - filled) / (sorted.length - 1);
  let cursor = first[axis];
  return new Map(
    sorted.map((box) => {
      const at = Math.round(cursor);
      cursor += box[length] + gap;
      return [box.id, axis === "x" ? { x: at, y: box.y } : { x: box.x, y: at }];
    }),
  );
}
