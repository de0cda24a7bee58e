import { CanvasDoc } from "../../core/canvas.ts";

/** A canvas with a manual trigger, so that there is something to draw from. */
export function firstCanvas(): CanvasDoc {
  return CanvasDoc.parse({
    schemaVersion: 1,
    nodes: [{ id: "start", key: "start", kind: "trigger-manual", position: { x: 0, y: 0 } }],
    edges: [],
  });
}
