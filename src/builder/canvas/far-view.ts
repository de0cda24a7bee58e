// A large canvas seen from afar is drawn in fewer parts: cards without ports, and all wires as a few lines.
import { useStore, useUpdateNodeInternals } from "@xyflow/react";
import { createContext, useContext, useMemo } from "react";

export interface FarView {
  far: boolean;
  /** Has wires find the ports of a card that was first seen from afar. */
  measure(nodeId: string): void;
}

const farZoom = 0.4;
const Context = createContext<FarView>({ far: false, measure: () => undefined });
export const FarViewProvider = Context.Provider;

export function useFar(): FarView {
  return useContext(Context);
}

/** Hundreds of cards come near at once; measuring them together lays the page out once. */
function together(update: (nodeIds: string[]) => void): (nodeId: string) => void {
  const waiting = new Set<string>();
  return (nodeId) => {
    if (waiting.size === 0)
      queueMicrotask(() => {
        update([...waiting]);
        waiting.clear();
      });
    waiting.add(nodeId);
  };
}

/** @param many whether there are so many nodes that it matters */
export function useFarView(many: boolean): FarView {
  const far = useStore((state) => many && state.transform[2] < farZoom);
  const update = useUpdateNodeInternals();
  const measure = useMemo(() => together(update), [update]);
  return useMemo(() => ({ far, measure }), [far, measure]);
}
