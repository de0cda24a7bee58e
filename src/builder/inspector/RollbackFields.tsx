// What undoes a node: a node of its own without a place on the canvas, which runs when the run fails or is cancelled later.
import type { CanvasNode } from "../../core/canvas.ts";
import type { Rollback } from "../../core/plan.ts";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { patchNode } from "../edit/nodes.ts";
import { BindingField } from "./BindingField.tsx";
import { withField } from "./config-schema.ts";
import { useProblem } from "./field-context.tsx";
import { ConfigForm } from "./SettingsTab.tsx";

const none = "(nothing)";

export function RollbackFields({ node }: { node: CanvasNode }) {
  const { registry, nodeOf, around } = useBuilderValue();
  const edit = useBuilder((state) => state.edit);
  const problem = useProblem("rollback.kind");
  const { rollback } = node;
  const kind = rollback && nodeOf(rollback.kind);
  const keep = (next: Rollback | undefined, group: string) =>
    edit(
      (doc) =>
        patchNode(doc, node.id, ({ rollback: _, ...entry }) =>
          next === undefined ? entry : { ...entry, rollback: next },
        ),
      `${node.id}.rollback.${group}`,
    );
  const able = registry.filter(({ role, join }) => role === "step" && !join);
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-4">
      <h3 className="text-sm font-medium">Rollback</h3>
      <Field
        label="If the run fails or is cancelled later, undo this with"
        help={
          rollback
            ? "Runs once this node has succeeded, the last one first. Its inputs may read this node's output."
            : undefined
        }
        error={problem}
      >
        {(control) => (
          <Select
            {...control}
            value={rollback?.kind ?? none}
            options={[
              { value: none, label: "Nothing" },
              ...able.map((entry) => ({ value: entry.kind, label: entry.title })),
            ]}
            onChange={(picked) =>
              keep(picked === none ? undefined : { kind: picked, config: {}, inputs: {} }, "kind")
            }
          />
        )}
      </Field>
      {rollback && kind && (
        <div className="flex flex-col gap-4 border-l border-line pl-3">
          <ConfigForm
            key={rollback.kind}
            kind={kind}
            config={rollback.config}
            path="rollback.config"
            onChange={(name, value) =>
              keep({ ...rollback, config: withField(rollback.config, name, value) }, name)
            }
          />
          {Object.entries(kind.portsOf(rollback.config, around).inputs).map(([name, port]) => (
            <BindingField
              key={`${rollback.kind} ${name}`}
              label={port.title ?? kind.form[name]?.label ?? name}
              path={`rollback.inputs.${name}`}
              schema={port.schema}
              required={port.required}
              form={kind.form[name]}
              binding={rollback.inputs[name]}
              onChange={(binding) => {
                const { [name]: _, ...inputs } = rollback.inputs;
                keep(
                  { ...rollback, inputs: binding === undefined ? inputs : { ...inputs, [name]: binding } },
                  name,
                );
              }}
            />
          ))}
        </div>
      )}
    </section>
  );
}
