// What commands may ask of the canvas, and where the pointer is.
import { useReactFlow, type ReactFlowInstance } from "@xyflow/react";
import { useEffect, useRef, type RefObject } from "react";
import type { CanvasDoor } from "../command.ts";
import type { AnyFlowNode, WireFlowEdge } from "./flow-nodes.ts";

type Flow = ReactFlowInstance<AnyFlowNode, WireFlowEdge>;
const moveMs = 180;

const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Hands the door to the builder once the canvas is on screen. */
export function useDoor(area: RefObject<HTMLElement | null>, onDoor: (door: CanvasDoor) => void): void {
  const flow = useReactFlow<AnyFlowNode, WireFlowEdge>();
  const pointer = useRef<{ x: number; y: number } | null>(null);
  useEffect(() => {
    const onMove = (event: PointerEvent) => {
      pointer.current = { x: event.clientX, y: event.clientY };
    };
    window.addEventListener("pointermove", onMove, { passive: true });
    return () => window.removeEventListener("pointermove", onMove);
  }, []);
  useEffect(() => onDoor(makeDoor(flow, area, pointer)), [flow, area, onDoor]);
}

function makeDoor(
  flow: Flow,
  area: RefObject<HTMLElement | null>,
  pointer: RefObject<{ x: number; y: number } | null>,
): CanvasDoor {
  const duration = () => (calm() ? 0 : moveMs);
  return {
    pointer() {
      const frame = area.current?.getBoundingClientRect();
      const at = pointer.current;
      const over =
        !!frame && !!at && at.x > frame.left && at.x < frame.right && at.y > frame.top && at.y < frame.bottom;
      const screen =
        over && at
          ? at
          : {
              x: (frame?.left ?? 0) + (frame?.width ?? 0) / 2,
              y: (frame?.top ?? 0) + (frame?.height ?? 0) / 3,
            };
      return { screen, flow: flow.screenToFlowPosition(screen), over };
    },
    boxes(ids) {
      return flow
        .getNodes()
        .filter((node) => ids === undefined || ids.has(node.id))
        .map((node) => ({
          id: node.id,
          ...node.position,
          w: node.measured?.width ?? node.width ?? 220,
          h: node.measured?.height ?? node.height ?? 56,
        }));
    },
    fit(ids) {
      const nodes = ids === undefined ? undefined : [...ids].map((id) => ({ id }));
      requestAnimationFrame(() => {
        void flow.fitView({ padding: "32px", maxZoom: 1, duration: duration(), ...(nodes ? { nodes } : {}) });
      });
    },
    zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: duration() }),
    zoomTo: (zoom) => void flow.zoomTo(zoom, { duration: duration() }),
    reveal(id) {
      const node = flow.getInternalNode(id);
      const frame = area.current?.getBoundingClientRect();
      if (!node || !frame) return;
      const { x, y } = node.internals.positionAbsolute;
      const w = node.measured.width ?? 220;
      const h = node.measured.height ?? 56;
      const topLeft = flow.flowToScreenPosition({ x, y });
      const bottomRight = flow.flowToScreenPosition({ x: x + w, y: y + h });
      const inSight =
        topLeft.x > frame.left &&
        topLeft.y > frame.top &&
        bottomRight.x < frame.right &&
        bottomRight.y < frame.bottom;
      if (!inSight) void flow.setCenter(x + w / 2, y + h / 2, { zoom: flow.getZoom(), duration: duration() });
    },
    focus: () => area.current?.focus(),
  };
}
