// Says near the pointer why a wire is refused: while it is over a port, and for a moment after it was dropped there.
import { useConnection, useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { useBuilderValue } from "../builder-context.tsx";
import { canConnect } from "../edit/connect.ts";
import { orderHandle } from "./flow-nodes.ts";
import type { Refusal } from "./use-wiring.ts";

const shownMs = 5_000;

function useHovered(): { reason: string; x: number; y: number } | null {
  const value = useBuilderValue();
  const flow = useReactFlow();
  const text = useConnection((connection) => {
    if (!connection.inProgress || !connection.toHandle || connection.isValid !== false) return "";
    const { fromHandle, toHandle, fromNode, toNode } = connection;
    if (!toNode || fromHandle.type === toHandle.type) return "";
    const [source, target] = fromHandle.type === "source" ? [fromHandle, toHandle] : [toHandle, fromHandle];
    const ids = fromHandle.type === "source" ? [fromNode.id, toNode.id] : [toNode.id, fromNode.id];
    return JSON.stringify([ids[0], source.id ?? "", ids[1], target.id ?? "", toHandle.x, toHandle.y]);
  });
  if (text === "") return null;
  const [source, sourcePort, target, targetPort, x, y] = JSON.parse(text) as [
    string,
    string,
    string,
    string,
    number,
    number,
  ];
  const answer = canConnect(
    value.store.getState().doc,
    { source, sourcePort, target, targetPort: targetPort === orderHandle ? undefined : targetPort },
    value,
  );
  return answer.ok ? null : { reason: answer.reason, ...flow.flowToScreenPosition({ x, y }) };
}

export function ConnectionHint({ refusal, onDone }: { refusal: Refusal | null; onDone: () => void }) {
  const hovered = useHovered();
  useEffect(() => {
    if (!refusal) return;
    const timer = setTimeout(onDone, shownMs);
    window.addEventListener("pointerdown", onDone, { once: true });
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pointerdown", onDone);
    };
  }, [refusal, onDone]);
  const shown = hovered ?? (refusal ? { reason: refusal.reason, ...refusal.screen } : null);
  if (!shown) return null;
  return (
    <div
      style={{ left: Math.min(shown.x + 14, window.innerWidth - 304), top: shown.y + 14 }}
      className="pointer-events-none fixed z-50 max-w-72 animate-fade rounded-control border border-failed/50 bg-raised px-2.5 py-1.5 text-sm text-ink shadow-float"
    >
      {shown.reason}
    </div>
  );
}
