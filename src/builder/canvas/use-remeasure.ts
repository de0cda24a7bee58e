import { useUpdateNodeInternals } from "@xyflow/react";
import { useEffect, useRef } from "react";

/** Has wires find their ends again whenever what `shape` stands for changes; the first time, the canvas measures by itself. */
export function useRemeasure(nodeId: string, shape: unknown): void {
  const update = useUpdateNodeInternals();
  const measured = useRef(shape);
  useEffect(() => {
    if (measured.current === shape) return;
    measured.current = shape;
    update(nodeId);
  }, [update, nodeId, shape]);
}
