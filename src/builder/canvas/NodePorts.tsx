// All ports of one node, placed around its card.
import { memo } from "react";
import type { CanvasNode } from "../../core/canvas.ts";
import type { Port, Ports } from "../../core/node.ts";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { failedSchema } from "../edit/ports-of.ts";
import { orderHandle } from "./flow-nodes.ts";
import { PortHandle, useDrawnFrom } from "./Port.tsx";
import { layoutPorts } from "./port-layout.ts";

/** The ports of this node that hold a wire, as one string, so that only a change of them draws again. */
function useWired(nodeId: string): { inputs: Set<string>; outputs: Set<string> } {
  const text = useBuilder((state) => wiredText(state.wires, nodeId));
  const [inputs = "", outputs = ""] = text.split("|");
  const set = (list: string) => new Set(list === "" ? [] : list.split(","));
  return { inputs: set(inputs), outputs: set(outputs) };
}

function wiredText(wires: ReadonlyMap<string, string>, nodeId: string): string {
  return wires.get(nodeId) ?? "|";
}

interface NodePortsProps {
  node: CanvasNode;
  ports: Ports;
  takesWires: boolean;
  isTrigger: boolean;
  /** Where the reserved ports sit, in pixels from the left. */
  width: number;
}

/** A required input that nothing fills yet asks to be seen. */
function isOpen(port: Port | undefined, node: CanvasNode, id: string): boolean {
  return port?.required === true && node.inputs[id] === undefined;
}

function NodePortsView({ node, ports, takesWires, isTrigger, width }: NodePortsProps) {
  const { nodeOf } = useBuilderValue();
  const wired = useWired(node.id);
  const drawnFrom = useDrawnFrom();
  const layout = layoutPorts(ports, takesWires, wired.inputs, wired.outputs);
  const form = nodeOf(node.kind)?.form ?? {};
  const hasOutputs = Object.keys(ports.outputs).length > 0;
  return (
    <>
      {layout.inputs.map(({ id, top }) => (
        <PortHandle
          key={`in-${id}`}
          nodeId={node.id}
          drawnFrom={drawnFrom}
          id={id}
          side="target"
          at={top}
          kind={id === orderHandle ? "order" : "value"}
          label={id === orderHandle ? "runs after" : (ports.inputs[id]?.title ?? form[id]?.label ?? id)}
          schema={ports.inputs[id]?.schema ?? {}}
          wired={wired.inputs.has(id)}
          quiet={id !== orderHandle && !wired.inputs.has(id) && !isOpen(ports.inputs[id], node, id)}
        />
      ))}
      {layout.outputs.map(({ id, top }, index) => (
        <PortHandle
          key={`out-${id}`}
          nodeId={node.id}
          drawnFrom={drawnFrom}
          id={id}
          side="source"
          at={top}
          kind={ports.routes.includes(id) ? "route" : hasOutputs ? "value" : "finished"}
          label={hasOutputs ? (ports.outputs[id]?.title ?? id) : "then"}
          schema={ports.outputs[id]?.schema ?? {}}
          wired={wired.outputs.has(id)}
          quiet={
            !wired.outputs.has(id) && !ports.routes.includes(id) && (wired.outputs.size > 0 || index > 0)
          }
        />
      ))}
      {!isTrigger && (
        <>
          {hasOutputs && (
            <PortHandle
              nodeId={node.id}
              drawnFrom={drawnFrom}
              id="finished"
              side="source"
              at={width - 56}
              kind="finished"
              label="finished"
              schema={{}}
              wired={wired.outputs.has("finished")}
              quiet={!wired.outputs.has("finished")}
            />
          )}
          <PortHandle
            nodeId={node.id}
            drawnFrom={drawnFrom}
            id="failed"
            side="source"
            at={width - 32}
            kind="failed"
            label="failed"
            schema={failedSchema}
            wired={wired.outputs.has("failed")}
            quiet={!wired.outputs.has("failed")}
          />
        </>
      )}
    </>
  );
}

export const NodePorts = memo(NodePortsView);
