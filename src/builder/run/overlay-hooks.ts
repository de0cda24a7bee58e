// How parts of the canvas read the run: each subscribes to its own node or wire and to nothing else.
import { useStore } from "zustand";
import { useBuilderValue } from "../builder-context.tsx";
import { wireState, type NodeRun, type OverlayState, type WireState } from "./overlay.ts";

export function useOverlay<T>(pick: (state: OverlayState) => T): T {
  return useStore(useBuilderValue().overlay, pick);
}

export function useNodeRun(nodeId: string): NodeRun | undefined {
  return useOverlay((state) => state.byNode.get(nodeId));
}

export function useWireState(
  source: string,
  target: string,
  port: string | undefined,
): WireState | undefined {
  return useOverlay((state) => wireState(state, source, target, port));
}
