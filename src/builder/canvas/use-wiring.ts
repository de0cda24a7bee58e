// Drawing wires: what is accepted, what a drop on a card or on empty canvas means, and why a drop is refused.
import { useReactFlow, type Connection, type Edge, type FinalConnectionState } from "@xyflow/react";
import { useCallback, useState } from "react";
import { useBuilderValue } from "../builder-context.tsx";
import { bestTargetPort, canConnect, connect, type Wire } from "../edit/connect.ts";
import { mainOutput } from "../edit/nodes.ts";
import { orderHandle, type AnyFlowNode, type WireFlowEdge } from "./flow-nodes.ts";

export interface Refusal {
  reason: string;
  screen: { x: number; y: number };
}

const pointOf = (event: MouseEvent | TouchEvent) => {
  const at = "changedTouches" in event ? event.changedTouches[0] : event;
  return { x: at?.clientX ?? 0, y: at?.clientY ?? 0 };
};

function wireOf(connection: Connection | Edge): Wire {
  const port = connection.targetHandle;
  return {
    source: connection.source,
    sourcePort: connection.sourceHandle ?? "finished",
    target: connection.target,
    ...(port === null || port === undefined || port === orderHandle ? {} : { targetPort: port }),
  };
}

const cardUnder = (point: { x: number; y: number }) =>
  document
    .elementsFromPoint(point.x, point.y)
    .map((element) => element.closest(".react-flow__node"))
    .find((element) => element !== null)
    ?.getAttribute("data-id") ?? undefined;

export function useWiring() {
  const value = useBuilderValue();
  const { store } = value;
  const flow = useReactFlow<AnyFlowNode, WireFlowEdge>();
  const [refusal, setRefusal] = useState<Refusal | null>(null);

  const refuse = useCallback(
    (reason: string, screen: Refusal["screen"]) => {
      setRefusal({ reason, screen });
      store.getState().set({ announcement: `Not connected. ${reason}` });
    },
    [store],
  );

  const isValidConnection = useCallback(
    (connection: Connection | Edge) => canConnect(store.getState().doc, wireOf(connection), value).ok,
    [store, value],
  );
  const onConnect = useCallback(
    (connection: Connection) => store.getState().edit((doc) => connect(doc, wireOf(connection), value)),
    [store, value],
  );

  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, end: FinalConnectionState) => {
      const screen = pointOf(event);
      const { doc, edit, set } = store.getState();
      if (end.isValid || !end.fromNode || !end.fromHandle) return;
      const fromSource = end.fromHandle.type === "source";
      const port = end.fromHandle.id ?? orderHandle;
      const ends = (other: string, otherPort?: string | null): Wire => {
        const portOf = (id: string | null | undefined) => (id === orderHandle || !id ? undefined : id);
        return fromSource
          ? { source: end.fromNode?.id ?? "", sourcePort: port, target: other, targetPort: portOf(otherPort) }
          : {
              source: other,
              sourcePort: otherPort ?? sourcePortFor(other),
              target: end.fromNode?.id ?? "",
              targetPort: portOf(port),
            };
      };
      const sourcePortFor = (id: string) => {
        const node = doc.nodes.find((entry) => entry.id === id);
        return node ? mainOutput(node, value) : "finished";
      };
      if (end.toHandle && end.toNode) {
        const answer = canConnect(doc, ends(end.toNode.id, end.toHandle.id), value);
        if (!answer.ok) refuse(answer.reason, screen);
        return;
      }
      const other = cardUnder(screen);
      const body = other !== undefined && flow.getNode(other)?.type === "body";
      if (
        other !== undefined &&
        other !== end.fromNode.id &&
        !body &&
        doc.nodes.some((node) => node.id === other)
      ) {
        const wire = ends(other);
        if (fromSource) wire.targetPort = bestTargetPort(doc, wire, value);
        const answer = canConnect(doc, wire, value);
        if (answer.ok) edit((now) => connect(now, wire, value));
        else refuse(answer.reason, screen);
        return;
      }
      if (other === end.fromNode.id) return;
      const at = flow.screenToFlowPosition(screen);
      const parent = doc.nodes.find((node) => node.id === end.fromNode?.id)?.parent;
      set({
        quickAdd: {
          at: fromSource ? { x: at.x, y: at.y - 28 } : { x: at.x - 220, y: at.y - 28 },
          screen,
          from: {
            node: end.fromNode.id,
            ...(port === orderHandle ? {} : { port }),
            side: fromSource ? "source" : "target",
          },
          ...(parent === undefined ? {} : { parent }),
        },
      });
    },
    [store, value, flow, refuse],
  );

  const onReconnect = useCallback(
    (old: Edge, connection: Connection) =>
      store
        .getState()
        .edit((doc) =>
          connect(
            { ...doc, edges: doc.edges.filter((edge) => edge.id !== old.id) },
            wireOf(connection),
            value,
          ),
        ),
    [store, value],
  );

  return { isValidConnection, onConnect, onConnectEnd, onReconnect, refusal, setRefusal };
}
