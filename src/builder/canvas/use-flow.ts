// Holds what React Flow draws: the document's things, with the positions of a drag that has not ended.
import { applyNodeChanges, type EdgeChange, type NodeChange } from "@xyflow/react";
import { useCallback, useMemo, useState } from "react";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { flowEdges, flowNodes, type AnyFlowNode, type WireFlowEdge } from "./flow-nodes.ts";
import { namingOf } from "./naming.ts";

export function useFlow() {
  const { store, nodeOf, around } = useBuilderValue();
  const doc = useBuilder((state) => state.doc);
  const selection = useBuilder((state) => state.selection);
  const naming = useMemo(() => namingOf(doc, { nodeOf, around }), [doc, nodeOf, around]);
  const [nodes, setNodes] = useState<AnyFlowNode[]>(() => flowNodes(doc, selection, naming, []));
  const [edges, setEdges] = useState<WireFlowEdge[]>(() => flowEdges(doc, selection, naming, []));
  const [drawn, setDrawn] = useState({ doc, selection, naming });
  if (drawn.doc !== doc || drawn.selection !== selection || drawn.naming !== naming) {
    setDrawn({ doc, selection, naming });
    setNodes((before) => flowNodes(doc, selection, naming, before));
    setEdges((before) => flowEdges(doc, selection, naming, before));
  }

  const onNodesChange = useCallback(
    (changes: NodeChange<AnyFlowNode>[]) => {
      const picks = changes.filter((change) => change.type === "select");
      if (picks.length > 0) {
        const { selection: now, select } = store.getState();
        const next = new Set(now.nodes);
        for (const pick of picks) {
          if (pick.selected) next.add(pick.id);
          else next.delete(pick.id);
        }
        select(next, now.edges);
      }
      const rest = changes.filter((change) => change.type === "position" || change.type === "dimensions");
      if (rest.length > 0) setNodes((before) => applyNodeChanges(rest, before));
    },
    [store],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<WireFlowEdge>[]) => {
      const picks = changes.filter((change) => change.type === "select");
      if (picks.length === 0) return;
      const { selection: now, select } = store.getState();
      const next = new Set(now.edges);
      for (const pick of picks) {
        if (pick.selected) next.add(pick.id);
        else next.delete(pick.id);
      }
      select(now.nodes, next);
    },
    [store],
  );
  return { nodes, edges, onNodesChange, onEdgesChange };
}
