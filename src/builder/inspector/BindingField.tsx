// One input of a node: how it is filled (value, text, expression, reference, or a wire) and with what.
import { Unlink } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Binding } from "../../core/binding.ts";
import type { CanvasEdge } from "../../core/canvas.ts";
import type { Json, Schema } from "../../core/json.ts";
import type { FieldForm } from "../../core/node.ts";
import { describeSchema } from "../../core/ports.ts";
import { DropdownMenu } from "../../ui/dropdown-menu.tsx";
import { cx } from "../../ui/cx.ts";
import { Field, type ControlProps } from "../../ui/field.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import {
  convert,
  modeOf,
  modesFor,
  modeTitles,
  textBinding,
  textOf,
  type BindingMode,
} from "./binding-mode.ts";
import { pathDragType, useProblem } from "./field-context.tsx";
import { KeyValue } from "./KeyValue.tsx";
import { ReferencePicker } from "./ReferencePicker.tsx";
import { SchemaValue } from "../../ui/schema-form.tsx";
import { SmartText } from "./SmartText.tsx";

interface BindingFieldProps {
  label: string;
  /** For problems and focus, e.g. `inputs.url`. */
  path: string;
  schema: Schema;
  required: boolean;
  form?: FieldForm | undefined;
  binding: Binding | undefined;
  onChange: (binding: Binding | undefined) => void;
  wire?: { edge: CanvasEdge; from: string } | undefined;
  onUnlink?: (() => void) | undefined;
  aside?: ReactNode;
}

export function BindingField(props: BindingFieldProps) {
  const { label, path, schema, required, form, binding, onChange, wire, onUnlink, aside } = props;
  const problem = useProblem(path);
  const [wanted, setWanted] = useState<BindingMode | null>(null);
  const [dragging, setDragging] = useState(false);
  const modes = modesFor(schema);
  const mode = binding === undefined ? (wanted ?? modeOf(binding, schema)) : modeOf(binding, schema);
  const shown =
    wanted !== null && binding !== undefined && convert(binding, wanted) === undefined ? wanted : mode;
  const pick = (next: BindingMode) => {
    setWanted(next);
    const converted = convert(binding, next);
    if (converted !== undefined || binding !== undefined) onChange(converted);
  };
  const help = form?.help ?? (typeof schema["description"] === "string" ? schema["description"] : undefined);
  const menu = (
    <DropdownMenu
      trigger={
        <button
          type="button"
          aria-label={`How ${label} is filled: ${modeTitles[shown]}`}
          className="rounded-sm px-1 text-xs text-faint hover:bg-hover hover:text-ink"
        >
          {modeTitles[shown]}
        </button>
      }
      entries={modes.map((entry) => ({
        label: modeTitles[entry],
        checked: entry === shown,
        onSelect: () => pick(entry),
      }))}
    />
  );
  return (
    <div
      className={cx("rounded-control", dragging && "outline-2 outline-accent")}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(pathDragType) || wire) return;
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={(event) => {
        setDragging(false);
        const dropped = event.dataTransfer.getData(pathDragType);
        if (dropped === "" || event.defaultPrevented || wire) return;
        event.preventDefault();
        onChange({ ref: dropped });
      }}
    >
      <Field
        label={
          <>
            {label} <span className="ml-0.5 font-normal text-faint">{describeSchema(schema)}</span>
          </>
        }
        optional={!required}
        help={wire ? undefined : help}
        error={problem}
        aside={wire ? undefined : (aside ?? menu)}
      >
        {(control) =>
          wire ? (
            <Wired
              from={wire.from}
              port={wire.edge.sourcePort}
              onUnlink={onUnlink}
              label={label}
              control={control}
            />
          ) : (
            <Control {...props} mode={shown} control={control} />
          )
        }
      </Field>
    </div>
  );
}

function Wired(props: {
  from: string;
  port: string;
  label: string;
  onUnlink: (() => void) | undefined;
  control: ControlProps;
}) {
  return (
    <div
      id={props.control.id}
      className="flex h-7 items-center gap-2 rounded-control border border-accent/50 bg-accent-soft/60 pr-0.5 pl-2"
    >
      <span aria-hidden className="size-2 shrink-0 rounded-full bg-accent" />
      <span className="min-w-0 truncate">
        {props.from} <span className="text-muted">· {props.port}</span>
      </span>
      {props.onUnlink && (
        <IconButton
          size="sm"
          className="ml-auto"
          label={`Unlink ${props.label}`}
          icon={<Unlink />}
          onClick={props.onUnlink}
        />
      )}
    </div>
  );
}

function Control(props: BindingFieldProps & { mode: BindingMode; control: ControlProps }) {
  const { mode, control, binding, onChange, schema, form, label, path } = props;
  const long = form?.widget === "prompt" || form?.widget === "textarea";
  if (mode === "text")
    return (
      <SmartText
        language="template"
        control={control}
        path={path}
        rows={long ? 5 : 1}
        value={textOf(binding)}
        placeholder={form?.placeholder}
        onChange={(text) => onChange(text === "" ? undefined : textBinding(text))}
      />
    );
  if (mode === "expression")
    return (
      <SmartText
        language="expression"
        control={control}
        path={path}
        value={textOf(binding)}
        placeholder="steps.fetch.output.body.total > 100"
        onChange={(expr) => onChange(expr === "" ? undefined : { expr })}
      />
    );
  if (mode === "reference")
    return (
      <ReferencePicker
        control={control}
        path={path}
        schema={schema}
        value={binding && "ref" in binding ? binding.ref : ""}
        onChange={(ref) => onChange(ref === "" ? undefined : { ref })}
      />
    );
  const value: Json | undefined = binding && "literal" in binding ? binding.literal : undefined;
  const change = (literal: Json | undefined) => onChange(literal === undefined ? undefined : { literal });
  if (form?.widget === "key-value")
    return <KeyValue value={value} onChange={change} label={label} path={path} />;
  return (
    <SchemaValue
      schema={schema}
      value={value}
      onChange={change}
      control={control}
      label={label}
      path={path}
      placeholder={form?.placeholder}
    />
  );
}
