import { useUpdateNodeInternals } from "@xyflow/react";
import { useEffect } from "react";

/** Has wires find their ends again whenever what `shape` stands for changes. */
export function useRemeasure(nodeId: string, shape: unknown): void {
  const update = useUpdateNodeInternals();
  useEffect(() => {
    if (shape !== undefined) update(nodeId);
  }, [update, nodeId, shape]);
}
