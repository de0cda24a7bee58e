// A node's config as a form, made from its kind's file.
import { useState } from "react";
import type { CanvasNode } from "../../core/canvas.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Node } from "../../core/node.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { useBuilder } from "../builder-context.tsx";
import { patchNode } from "../edit/nodes.ts";
import { configSchemas, widgetOf, withField } from "./config-schema.ts";
import { useProblem } from "./field-context.tsx";
import { widgets } from "./widgets.tsx";

const selfLabelled = new Set(["cases", "model-chain", "approvers", "bindings", "schema", "json"]);

interface ConfigFormProps {
  kind: Node;
  config: JsonObject;
  /** Of the config as a whole, e.g. `config`. */
  path: string;
  onChange: (name: string, value: Json | undefined) => void;
}

export function SettingsTab({ node, kind }: { node: CanvasNode; kind: Node }) {
  const edit = useBuilder((state) => state.edit);
  const onChange = (name: string, value: Json | undefined) =>
    edit(
      (doc) =>
        patchNode(doc, node.id, (entry) => ({ ...entry, config: withField(entry.config, name, value) })),
      `${node.id}.config.${name}`,
    );
  return <ConfigForm kind={kind} config={node.config} path="config" onChange={onChange} />;
}

/** The fields of a kind's config, the advanced ones folded away. */
export function ConfigForm({ kind, config, path, onChange }: ConfigFormProps) {
  const [more, setMore] = useState(false);
  const keys = Object.keys(kind.config.shape).filter((key) => hasMeaning(config, kind, key));
  const plain = keys.filter((key) => kind.form[key]?.advanced !== true);
  const advanced = keys.filter((key) => kind.form[key]?.advanced === true);
  const visible = advanced.filter((key) => more || config[key] !== undefined);
  const field = (key: string) => (
    <ConfigField key={key} kind={kind} config={config} path={path} onChange={onChange} name={key} />
  );
  return (
    <div className="flex flex-col gap-4">
      {keys.length === 0 && <p className="text-muted">{kind.title} has nothing to set.</p>}
      {plain.map(field)}
      {more && visible.map(field)}
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
function hasMeaning(config: JsonObject, kind: Node, key: string): boolean {
  const unless = kind.form[key]?.unless;
  if (unless === undefined) return true;
  return (config[unless.field] ?? configSchemas(kind)[unless.field]?.["default"]) !== unless.is;
}

function ConfigField({ kind, config, path, onChange, name }: ConfigFormProps & { name: string }) {
  const own = `${path}.${name}`;
  const problem = useProblem(own);
  const form = kind.form[name] ?? { label: name };
  const schema = configSchemas(kind)[name] ?? {};
  const widget = widgetOf(form, schema);
  if (widget === "hidden") return null;
  const Widget = widgets[widget];
  return (
    <Field
      label={form.label}
      help={form.help}
      error={selfLabelled.has(widget) && widget === "cases" ? undefined : problem}
    >
      {(control) => (
        <Widget
          value={config[name]}
          onChange={(value) => onChange(name, value)}
          label={form.label}
          form={form}
          schema={schema}
          control={control}
          path={own}
        />
      )}
    </Field>
  );
}
