// What a run is given by a trigger: the fields of the workflow's input, filled from the event.
import type { CanvasNode } from "../../core/canvas.ts";
import type { FieldForm, Node, Ports } from "../../core/node.ts";
import { DataTree } from "../inspector/DataTree.tsx";
import { useFieldScope } from "../inspector/field-context.tsx";
import { InputFields } from "../inspector/InputsTab.tsx";

export function TriggerMapTab(props: { node: CanvasNode; kind: Node; ports: Ports }) {
  const { groups } = useFieldScope();
  const { base } = props.kind;
  // The fields are the workflow's own: what the kind says of fields of its config that are called the same is not about them.
  const form = Object.fromEntries(
    Object.entries(props.ports.inputs).map(([name, port]): [string, FieldForm] => [
      name,
      { label: port.title ?? name, ...(base === undefined ? {} : { placeholder: `{{ ${base}.${name} }}` }) },
    ]),
  );
  const none = Object.keys(props.ports.inputs).length === 0;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm text-muted">
        {none
          ? base === undefined
            ? "The workflow has no input, so there is nothing to fill in."
            : `The workflow names no input fields, so a run is given all of ${base}. Name fields in the workflow’s settings to choose.`
          : base === undefined
            ? "What each run is given as the workflow’s input."
            : `What each run is given as the workflow’s input. A field left empty takes the one of the same name in ${base}.`}
      </p>
      {!none && <InputFields {...props} kind={{ ...props.kind, form }} />}
      <DataTree groups={groups} />
    </div>
  );
}
