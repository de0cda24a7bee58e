// A node's config as a form, made from its kind's file.
import { useState } from "react";
import type { CanvasNode } from "../../core/canvas.ts";
import type { Json } from "../../core/json.ts";
import type { Node } from "../../core/node.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { useBuilder } from "../builder-context.tsx";
import { patchNode } from "../edit/nodes.ts";
import { configSchemas, widgetOf, withField } from "./config-schema.ts";
import { useProblem } from "./field-context.tsx";
import { widgets } from "./widgets.tsx";

const selfLabelled = new Set(["cases", "model-chain", "approvers", "bindings", "schema", "json"]);

export function SettingsTab({ node, kind }: { node: CanvasNode; kind: Node }) {
  const [more, setMore] = useState(false);
  const keys = Object.keys(kind.config.shape).filter((key) => hasMeaning(node, kind, key));
  const plain = keys.filter((key) => kind.form[key]?.advanced !== true);
  const advanced = keys.filter((key) => kind.form[key]?.advanced === true);
  const visible = advanced.filter((key) => more || node.config[key] !== undefined);
  return (
    <div className="flex flex-col gap-4">
      {keys.length === 0 && <p className="text-muted">{kind.title} has nothing to set.</p>}
      {plain.map((key) => (
        <ConfigField key={key} node={node} kind={kind} name={key} />
      ))}
      {more && visible.map((key) => <ConfigField key={key} node={node} kind={kind} name={key} />)}
      {advanced.length > 0 && (
        <Button
          size="sm"
          variant="ghost"
          className="self-start"
          aria-expanded={more}
          onClick={() => setMore(!more)}
        >
          {more ? "Fewer settings" : `More settings (${advanced.length})`}
        </Button>
      )}
    </div>
  );
}

/** Whether a field says anything beside the others as they stand. */
function hasMeaning({ config }: CanvasNode, kind: Node, key: string): boolean {
  const unless = kind.form[key]?.unless;
  if (unless === undefined) return true;
  return (config[unless.field] ?? configSchemas(kind)[unless.field]?.["default"]) !== unless.is;
}

function ConfigField({ node, kind, name }: { node: CanvasNode; kind: Node; name: string }) {
  const edit = useBuilder((state) => state.edit);
  const path = `config.${name}`;
  const problem = useProblem(path);
  const form = kind.form[name] ?? { label: name };
  const schema = configSchemas(kind)[name] ?? {};
  const widget = widgetOf(form, schema);
  if (widget === "hidden") return null;
  const Widget = widgets[widget];
  const onChange = (value: Json | undefined) =>
    edit(
      (doc) =>
        patchNode(doc, node.id, (entry) => ({ ...entry, config: withField(entry.config, name, value) })),
      `${node.id}.${path}`,
    );
  return (
    <Field
      label={form.label}
      help={form.help}
      error={selfLabelled.has(widget) && widget === "cases" ? undefined : problem}
    >
      {(control) => (
        <Widget
          value={node.config[name]}
          onChange={onChange}
          label={form.label}
          form={form}
          schema={schema}
          control={control}
          path={path}
        />
      )}
    </Field>
  );
}
