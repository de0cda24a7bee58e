// Turns the document into what React Flow draws. Things that did not change keep their object, so they are not drawn again.
import type { Edge, Node as FlowNode } from "@xyflow/react";
import type { CanvasDoc, CanvasEdge, CanvasNode, Frame, StickyNote } from "../../core/canvas.ts";
import type { Selection } from "../store.ts";

export type StepFlowNode = FlowNode<{ node: CanvasNode; label: string }, "step">;
export type BodyFlowNode = FlowNode<{ node: CanvasNode; label: string }, "body">;
export type NoteFlowNode = FlowNode<{ note: StickyNote }, "note">;
export type FrameFlowNode = FlowNode<{ frame: Frame }, "frame">;
export type AnyFlowNode = StepFlowNode | BodyFlowNode | NoteFlowNode | FrameFlowNode;
export type WireFlowEdge = Edge<{ edge: CanvasEdge; label: string | undefined; carries: boolean }, "wire">;

/** The target handle of a wire that only orders. */
export const orderHandle = "@after";

export interface Naming {
  isContainer: (node: CanvasNode) => boolean;
  titleOf: (node: CanvasNode) => string;
  /** What to write on a wire: its own label, or the route it leaves by. */
  labelOf: (edge: CanvasEdge) => string | undefined;
  carries: (edge: CanvasEdge) => boolean;
}

/** Parents before children, as React Flow wants it. */
function ordered(nodes: readonly CanvasNode[]): CanvasNode[] {
  if (nodes.every((node) => node.parent === undefined)) return [...nodes];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const depth = (node: CanvasNode): number => {
    let steps = 0;
    for (let at = node.parent; at !== undefined && steps < 8; at = byId.get(at)?.parent) steps += 1;
    return steps;
  };
  return nodes.toSorted((a, b) => depth(a) - depth(b));
}

const bodyMargin = 24;

/** The size a container needs to hold its body. */
export function bodySize(container: CanvasNode, doc: CanvasDoc): { w: number; h: number } {
  let { w, h } = container.size ?? { w: 480, h: 240 };
  for (const child of doc.nodes)
    if (child.parent === container.id) {
      w = Math.max(w, child.position.x + (child.size?.w ?? 220) + bodyMargin);
      h = Math.max(h, child.position.y + (child.size?.h ?? 56) + bodyMargin);
    }
  return { w, h };
}

export function flowNodes(
  doc: CanvasDoc,
  selection: Selection,
  naming: Naming,
  before: readonly AnyFlowNode[],
): AnyFlowNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  const ids = new Set(doc.nodes.map((node) => node.id));
  const out: AnyFlowNode[] = [];
  for (const frame of doc.frames) {
    const was = old.get(frame.id);
    const selected = selection.nodes.has(frame.id);
    if (was?.type === "frame" && was.data.frame === frame && !!was.selected === selected) out.push(was);
    else
      out.push({
        ...(was?.type === "frame" ? was : {}),
        id: frame.id,
        type: "frame",
        position: frame.position,
        width: frame.size.w,
        height: frame.size.h,
        zIndex: -2,
        selected,
        data: { frame },
        ariaLabel: `${frame.title} frame`,
      });
  }
  for (const node of ordered(doc.nodes)) {
    const was = old.get(node.id);
    const selected = selection.nodes.has(node.id);
    const label = naming.titleOf(node);
    const container = naming.isContainer(node);
    const parentId = node.parent !== undefined && ids.has(node.parent) ? node.parent : undefined;
    const size = container ? bodySize(node, doc) : undefined;
    const type = container ? "body" : "step";
    if (
      was?.type === type &&
      was.data.node === node &&
      was.data.label === label &&
      !!was.selected === selected &&
      was.width === size?.w &&
      was.height === size?.h &&
      was.parentId === parentId
    ) {
      out.push(was);
      continue;
    }
    const common = {
      id: node.id,
      // A selection that changes under a drag must not throw the dragged node back.
      position: was?.dragging && "node" in was.data && was.data.node === node ? was.position : node.position,
      ...(was?.dragging ? { dragging: true } : {}),
      selected,
      data:
        was?.type === type && was.data.node === node && was.data.label === label ? was.data : { node, label },
      ariaLabel: `${label} node`,
      ...(parentId === undefined ? {} : { parentId }),
      ...(was?.measured && !size ? { measured: was.measured } : {}),
    };
    if (container)
      out.push({ ...common, type: "body", zIndex: -1, width: size?.w ?? 480, height: size?.h ?? 240 });
    else out.push({ ...common, type: "step" });
  }
  for (const note of doc.notes) {
    const was = old.get(note.id);
    const selected = selection.nodes.has(note.id);
    if (was?.type === "note" && was.data.note === note && !!was.selected === selected) out.push(was);
    else
      out.push({
        id: note.id,
        type: "note",
        position: note.position,
        width: note.size.w,
        height: note.size.h,
        zIndex: 0,
        selected,
        data: { note },
        ariaLabel: "Note",
      });
  }
  return out.length === before.length && out.every((node, index) => node === before[index])
    ? [...before]
    : out;
}

export function flowEdges(
  doc: CanvasDoc,
  selection: Selection,
  naming: Naming,
  before: readonly WireFlowEdge[],
): WireFlowEdge[] {
  const old = new Map(before.map((edge) => [edge.id, edge]));
  const names = new Map(doc.nodes.map((node) => [node.id, node]));
  const nameAt = (id: string) => {
    const node = names.get(id);
    return node ? naming.titleOf(node) : "a missing node";
  };
  return doc.edges.map((edge) => {
    const was = old.get(edge.id);
    const selected = selection.edges.has(edge.id);
    const label = naming.labelOf(edge);
    const carries = naming.carries(edge);
    if (
      was?.data?.edge === edge &&
      !!was.selected === selected &&
      was.data.label === label &&
      was.data.carries === carries
    )
      return was;
    return {
      id: edge.id,
      type: "wire",
      source: edge.source,
      target: edge.target,
      sourceHandle: edge.sourcePort,
      targetHandle: edge.targetPort ?? orderHandle,
      selected,
      data: { edge, label, carries },
      ariaLabel: `Wire from ${nameAt(edge.source)} to ${nameAt(edge.target)}`,
    };
  });
}
