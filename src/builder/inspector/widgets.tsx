// The component behind every widget name a node file may use.
import { X } from "lucide-react";
import { useState, type ComponentType } from "react";
import type { Json, Schema } from "../../core/json.ts";
import type { FieldForm, WidgetName } from "../../core/node.ts";
import { Badge } from "../../ui/badge.tsx";
import type { ControlProps } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { CodeText } from "../../ui/monaco-text.tsx";
import { Select } from "../../ui/select.tsx";
import { Switch } from "../../ui/switch.tsx";
import { Textarea } from "../../ui/textarea.tsx";
import { Approvers } from "./Approvers.tsx";
import { BindingsWidget, SingleBinding } from "./Bindings.tsx";
import { Cases } from "./Cases.tsx";
import { ConnectionPicker, ModelChain, ToolPicker, WorkflowPicker } from "./pickers.tsx";
import { Duration } from "./Duration.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { KeyValue } from "./KeyValue.tsx";
import { SchemaEditor } from "./SchemaEditor.tsx";
import { SmartText } from "./SmartText.tsx";

export interface WidgetProps {
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  label: string;
  form: FieldForm;
  schema: Schema;
  control: ControlProps;
  /** For problems and focus, e.g. `config.method`. */
  path: string;
}

const text = (value: Json | undefined) =>
  typeof value === "string" ? value : value === undefined ? "" : String(value);

function TextWidget({ value, onChange, control, form, path }: WidgetProps) {
  return (
    <Input
      {...control}
      data-path={path}
      value={text(value)}
      placeholder={form.placeholder}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
    />
  );
}

function TextareaWidget({ value, onChange, control, form, path }: WidgetProps) {
  return (
    <Textarea
      {...control}
      data-path={path}
      value={text(value)}
      placeholder={form.placeholder}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
    />
  );
}

function NumberWidget({ value, onChange, control, form, schema, path }: WidgetProps) {
  const fallback = schema["default"];
  return (
    <Input
      {...control}
      data-path={path}
      type="number"
      step={schema["type"] === "integer" ? 1 : "any"}
      min={typeof schema["minimum"] === "number" ? schema["minimum"] : undefined}
      max={typeof schema["maximum"] === "number" && schema["maximum"] < 1e9 ? schema["maximum"] : undefined}
      placeholder={form.placeholder ?? (typeof fallback === "number" ? String(fallback) : undefined)}
      value={typeof value === "number" ? value : ""}
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.valueAsNumber)}
    />
  );
}

function SwitchWidget({ value, onChange, control, path }: WidgetProps) {
  return (
    <Switch
      {...control}
      data-path={path}
      checked={value === true}
      onCheckedChange={(checked) => onChange(checked)}
    />
  );
}

function SelectWidget({ value, onChange, control, schema }: WidgetProps) {
  const choices = Array.isArray(schema["enum"]) ? schema["enum"].map(String) : [];
  const known = text(value ?? schema["default"]);
  const options = choices.includes(known) || known === "" ? choices : [...choices, known];
  return (
    <Select
      {...control}
      value={known}
      options={options.map((choice) => ({ value: choice, label: choice }))}
      onChange={(picked) => onChange(picked)}
    />
  );
}

function TagsWidget({ value, onChange, control, form, path, label }: WidgetProps) {
  const [typed, setTyped] = useState("");
  const tags = Array.isArray(value) ? value.map(String) : [];
  const add = () => {
    const next = typed.trim();
    if (next !== "" && !tags.includes(next)) onChange([...tags, next]);
    setTyped("");
  };
  return (
    <div className="flex flex-wrap items-center gap-1">
      {tags.map((tag) => (
        <Badge key={tag} mono>
          {tag}
          <button
            type="button"
            aria-label={`Remove ${tag} from ${label}`}
            onClick={() => onChange(tags.filter((entry) => entry !== tag))}
          >
            <X aria-hidden />
          </button>
        </Badge>
      ))}
      <Input
        {...control}
        data-path={path}
        className="w-24 flex-1"
        value={typed}
        placeholder={form.placeholder ?? "Add, then Enter"}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== ",") return;
          event.preventDefault();
          add();
        }}
      />
    </div>
  );
}

function KeyValueWidget({ value, onChange, label, path }: WidgetProps) {
  return <KeyValue value={value} onChange={onChange} label={label} path={path} />;
}

function JsonWidget({ value, onChange, label, path, schema }: WidgetProps) {
  // A config field that holds one binding has no widget of its own name.
  const isBinding = Array.isArray(schema["anyOf"]) && JSON.stringify(schema["anyOf"]).includes('"template"');
  if (isBinding) return <SingleBinding value={value} onChange={onChange} label={label} path={path} />;
  return <JsonField value={value} onChange={onChange} label={label} path={path} />;
}

function SchemaWidget({ value, onChange, label, path }: WidgetProps) {
  return <SchemaEditor value={value} onChange={onChange} label={label} path={path} />;
}

function ExpressionWidget({ value, onChange, control, form, path }: WidgetProps) {
  return (
    <SmartText
      language="expression"
      control={control}
      path={path}
      value={text(value)}
      placeholder={form.placeholder}
      onChange={(next) => onChange(next === "" ? undefined : next)}
    />
  );
}

function TemplateWidget({ value, onChange, control, form, path }: WidgetProps) {
  return (
    <SmartText
      language="template"
      control={control}
      path={path}
      rows={form.widget === "prompt" ? 5 : 1}
      value={text(value)}
      placeholder={form.placeholder}
      onChange={(next) => onChange(next === "" ? undefined : next)}
    />
  );
}

function DatetimeWidget({ value, onChange, control, path }: WidgetProps) {
  return (
    <Input
      {...control}
      data-path={path}
      value={text(value)}
      placeholder="2026-12-24T18:00:00Z"
      onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
    />
  );
}

function CodeWidget({ value, onChange, control, path }: WidgetProps) {
  return (
    <CodeText
      language="plaintext"
      control={control}
      path={path}
      rows={8}
      value={text(value)}
      onChange={(next) => onChange(next)}
    />
  );
}

export const widgets = {
  text: TextWidget,
  textarea: TextareaWidget,
  number: NumberWidget,
  switch: SwitchWidget,
  select: SelectWidget,
  tags: TagsWidget,
  "key-value": KeyValueWidget,
  json: JsonWidget,
  schema: SchemaWidget,
  expression: ExpressionWidget,
  template: TemplateWidget,
  prompt: TemplateWidget,
  connection: ConnectionPicker,
  "model-chain": ModelChain,
  tool: ToolPicker,
  workflow: WorkflowPicker,
  cases: Cases,
  duration: Duration,
  datetime: DatetimeWidget,
  approvers: Approvers,
  bindings: BindingsWidget,
  code: CodeWidget,
  hidden: () => null,
} satisfies Record<WidgetName, ComponentType<WidgetProps>>;
