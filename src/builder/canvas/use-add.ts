// Adds a kind from a list: after the selected node if there is one, else where the canvas is looked at.
import { useCallback } from "react";
import type { Node } from "../../core/node.ts";
import { useBuilderValue } from "../builder-context.tsx";
import type { CanvasDoor } from "../command.ts";
import { addKind, freeSpot } from "../edit/new-node.ts";
import { onlySelected } from "../store.ts";

export function useAddKind(door: () => CanvasDoor | null): (kind: Node) => void {
  const value = useBuilderValue();
  return useCallback(
    (kind) => {
      const { edit, select, set, doc, selection } = value.store.getState();
      const after = doc.nodes.find((node) => node.id === onlySelected(selection));
      const wires = after && kind.role !== "trigger" && kind.role !== "canvas";
      const parent = wires ? after.parent : undefined;
      const canvas = door();
      const middle = canvas?.pointer().flow ?? { x: 0, y: 0 };
      const wanted = wires ? { x: after.position.x + 296, y: after.position.y } : middle;
      let id = "";
      edit((now) => {
        const at = freeSpot(now, wanted, parent);
        const added = addKind(
          now,
          kind,
          { at, parent, from: wires ? { node: after.id, side: "source" } : undefined },
          value,
        );
        id = added.id;
        return added.doc;
      });
      select([id]);
      set({ announcement: `${kind.title} added` });
      requestAnimationFrame(() => canvas?.reveal(id));
    },
    [value, door],
  );
}
