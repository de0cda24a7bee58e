// What flows into a node: every port with how it is filled, and the data that could fill it.
import type { CanvasNode } from "../../core/canvas.ts";
import type { Node, Ports } from "../../core/node.ts";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { nameOf } from "../edit/connect.ts";
import { patchNode } from "../edit/nodes.ts";
import { BindingField } from "./BindingField.tsx";
import { DataTree } from "./DataTree.tsx";
import { useFieldScope } from "./field-context.tsx";

interface InputsTabProps {
  node: CanvasNode;
  kind: Node;
  ports: Ports;
}

export function InputFields({ node, kind, ports }: InputsTabProps) {
  const { nodeOf } = useBuilderValue();
  const edit = useBuilder((state) => state.edit);
  const edges = useBuilder((state) => state.doc.edges);
  const nodes = useBuilder((state) => state.doc.nodes);
  const wireInto = (port: string) =>
    edges.filter((edge) => edge.target === node.id && edge.targetPort === port);
  const nameAt = (id: string) => {
    const source = nodes.find((entry) => entry.id === id);
    return source ? nameOf(source, nodeOf) : "a missing node";
  };
  const unknown = Object.keys(node.inputs).filter((key) => !(key in ports.inputs));
  return (
    <div className="flex flex-col gap-4">
      {Object.entries(ports.inputs).map(([key, port]) => {
        const wires = wireInto(key);
        const wire = wires[0];
        return (
          <BindingField
            key={key}
            label={port.title ?? kind.form[key]?.label ?? key}
            path={`inputs.${key}`}
            schema={port.schema}
            required={port.required}
            form={kind.form[key]}
            binding={node.inputs[key]}
            wire={
              wire && {
                edge: wire,
                from: wires.length > 1 ? `${wires.length} wires` : nameAt(wire.source),
              }
            }
            onUnlink={() =>
              edit((doc) => ({
                ...doc,
                edges: doc.edges.filter((edge) => edge.target !== node.id || edge.targetPort !== key),
              }))
            }
            onChange={(binding) =>
              edit(
                (doc) =>
                  patchNode(doc, node.id, (entry) => {
                    const { [key]: _, ...inputs } = entry.inputs;
                    return {
                      ...entry,
                      inputs: binding === undefined ? inputs : { ...inputs, [key]: binding },
                    };
                  }),
                `${node.id}.inputs.${key}`,
              )
            }
          />
        );
      })}
      {unknown.length > 0 && (
        <p className="text-sm text-waiting">
          {unknown.join(", ")} {unknown.length === 1 ? "is" : "are"} filled in, but this node has no such
          input now.{" "}
          <button
            type="button"
            className="underline"
            onClick={() =>
              edit((doc) =>
                patchNode(doc, node.id, (entry) => ({
                  ...entry,
                  inputs: Object.fromEntries(
                    Object.entries(entry.inputs).filter(([key]) => key in ports.inputs),
                  ),
                })),
              )
            }
          >
            Remove
          </button>
        </p>
      )}
    </div>
  );
}

export function InputsTab(props: InputsTabProps) {
  const { groups } = useFieldScope();
  const none = Object.keys(props.ports.inputs).length === 0;
  return (
    <div className="flex flex-col gap-4">
      {none ? <p className="text-muted">This node takes no input.</p> : <InputFields {...props} />}
      <DataTree groups={groups} />
    </div>
  );
}
