// Dragging cards: one undo step per drag, into and out of containers, and onto wires.
import { useReactFlow } from "@xyflow/react";
import { useCallback, useMemo } from "react";
import { useBuilderValue } from "../builder-context.tsx";
import { addKind } from "../edit/new-node.ts";
import { move, reparent, snap, splice, type Point } from "../edit/nodes.ts";
import { kindDragType } from "../palette/kinds.ts";
import type { AnyFlowNode, WireFlowEdge } from "./flow-nodes.ts";

const headHeight = 64;

export const wireUnder = (point: Point): string | undefined =>
  document
    .elementsFromPoint(point.x, point.y)
    .map((element) => element.closest(".react-flow__edge"))
    .find((element) => element !== null)
    ?.getAttribute("data-id") ?? undefined;

export function useDragging() {
  const value = useBuilderValue();
  const { store, nodeOf } = value;
  const flow = useReactFlow<AnyFlowNode, WireFlowEdge>();

  const places = useMemo(() => {
    const originOf = (id: string | undefined): Point =>
      id === undefined
        ? { x: 0, y: 0 }
        : (flow.getInternalNode(id)?.internals.positionAbsolute ?? { x: 0, y: 0 });
    /** The innermost container under a point, not counting `moved` and what is inside of it. */
    const containerAt = (point: Point, moved: ReadonlySet<string>): string | undefined => {
      const { doc } = store.getState();
      const parents = new Map(doc.nodes.map((node) => [node.id, node.parent]));
      const inMoved = (id: string | undefined): boolean =>
        id !== undefined && (moved.has(id) || inMoved(parents.get(id)));
      const hits = flow.getNodes().filter((node) => {
        if (node.type !== "body" || inMoved(node.id)) return false;
        const { x, y } = originOf(node.id);
        return (
          point.x > x && point.x < x + (node.width ?? 0) && point.y > y && point.y < y + (node.height ?? 0)
        );
      });
      return hits.at(-1)?.id;
    };
    const inside = (point: Point, parent: string | undefined): Point => {
      const origin = originOf(parent);
      const at = snap({ x: point.x - origin.x, y: point.y - origin.y });
      return parent === undefined ? at : { x: Math.max(16, at.x), y: Math.max(headHeight + 8, at.y) };
    };
    return { originOf, containerAt, inside };
  }, [flow, store]);

  const onNodeDrag = useCallback(
    (event: MouseEvent | TouchEvent | React.MouseEvent, node: AnyFlowNode, nodes: AnyFlowNode[]) => {
      if (!("clientX" in event)) return;
      const { doc, set, hoveredWire, dropTarget } = store.getState();
      const screen = { x: event.clientX, y: event.clientY };
      const parent = doc.nodes.find((entry) => entry.id === node.id)?.parent;
      const target = places.containerAt(
        flow.screenToFlowPosition(screen),
        new Set(nodes.map((entry) => entry.id)),
      );
      const falls = target !== undefined && target !== parent && node.type !== "note" ? target : null;
      const loose =
        nodes.length === 1 && !doc.edges.some((edge) => edge.source === node.id || edge.target === node.id);
      const wire = loose && node.type === "step" ? (wireUnder(screen) ?? null) : null;
      if (wire !== hoveredWire || falls !== dropTarget) set({ hoveredWire: wire, dropTarget: falls });
    },
    [store, flow, places],
  );

  const onNodeDragStop = useCallback(
    (event: MouseEvent | TouchEvent | React.MouseEvent, _: AnyFlowNode | undefined, nodes: AnyFlowNode[]) => {
      const { edit, set, hoveredWire } = store.getState();
      const moved = new Set(nodes.map((node) => node.id));
      const target =
        "clientX" in event
          ? places.containerAt(flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }), moved)
          : undefined;
      edit((doc) => {
        let next = move(doc, new Map(nodes.map((node) => [node.id, snap(node.position)])));
        for (const node of nodes) {
          const entry = next.nodes.find((candidate) => candidate.id === node.id);
          if (!entry || (entry.parent !== undefined && moved.has(entry.parent))) continue;
          if (entry.parent === target) {
            if (target !== undefined) next = move(next, new Map([[node.id, clamp(entry.position)]]));
            continue;
          }
          if (nodeOf(entry.kind)?.role === "trigger") continue;
          next = reparent(next, node.id, target, places.inside(places.originOf(node.id), target));
        }
        const only = nodes.length === 1 ? nodes[0] : undefined;
        return hoveredWire !== null && only ? splice(next, hoveredWire, only.id, value) : next;
      });
      set({ hoveredWire: null, dropTarget: null });
    },
    [store, flow, places, nodeOf, value],
  );

  const onDragOver = useCallback(
    (event: React.DragEvent) => {
      if (!event.dataTransfer.types.includes(kindDragType)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      const { set, hoveredWire, dropTarget } = store.getState();
      const screen = { x: event.clientX, y: event.clientY };
      const wire = wireUnder(screen) ?? null;
      const target = places.containerAt(flow.screenToFlowPosition(screen), new Set()) ?? null;
      if (wire !== hoveredWire || target !== dropTarget) set({ hoveredWire: wire, dropTarget: target });
    },
    [store, flow, places],
  );

  const onDrop = useCallback(
    (event: React.DragEvent) => {
      const kind = nodeOf(event.dataTransfer.getData(kindDragType));
      if (!kind) return;
      event.preventDefault();
      const { edit, select, set } = store.getState();
      const screen = { x: event.clientX, y: event.clientY };
      const at = flow.screenToFlowPosition(screen);
      const edge = wireUnder(screen);
      const parent = kind.role === "trigger" ? undefined : places.containerAt(at, new Set());
      let id = "";
      edit((doc) => {
        const added = addKind(
          doc,
          kind,
          { at: places.inside({ x: at.x - 110, y: at.y - 28 }, parent), edge, parent },
          value,
        );
        id = added.id;
        return added.doc;
      });
      select([id]);
      set({ hoveredWire: null, dropTarget: null });
    },
    [store, flow, nodeOf, places, value],
  );

  return { onNodeDrag, onNodeDragStop, onDragOver, onDrop };
}

const clamp = (point: Point): Point => ({ x: Math.max(16, point.x), y: Math.max(headHeight + 8, point.y) });
