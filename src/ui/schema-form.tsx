// A form made from a JSON Schema: objects, lists, choices, numbers, switches and text; anything else as JSON.
import { Plus, X } from "lucide-react";
import type { Json, JsonObject, Schema } from "../core/json.ts";
import { Button } from "./button.tsx";
import { Field, type ControlProps } from "./field.tsx";
import { IconButton } from "./icon-button.tsx";
import { Input } from "./input.tsx";
import { Select } from "./select.tsx";
import { Switch } from "./switch.tsx";
import { Textarea } from "./textarea.tsx";
import { JsonField } from "./json-field.tsx";

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value);

interface SchemaValueProps {
  schema: Schema;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  control?: Partial<ControlProps>;
  label: string;
  path?: string;
  placeholder?: string | undefined;
}

function typeOf(schema: Schema): string | undefined {
  const type = schema["type"];
  if (typeof type === "string") return type;
  if (Array.isArray(type)) {
    const real = type.filter((entry) => entry !== "null");
    return real.length === 1 && typeof real[0] === "string" ? real[0] : undefined;
  }
  return undefined;
}

/** One value of a schema. */
export function SchemaValue(props: SchemaValueProps) {
  const { schema, value, onChange, control, label, path, placeholder } = props;
  const choices = schema["enum"];
  const type = typeOf(schema);
  if (Array.isArray(choices) && choices.length <= 40)
    return (
      <Select
        {...control}
        aria-label={label}
        value={value === undefined ? "" : String(value)}
        placeholder="Choose…"
        options={choices.map((choice) => ({ value: String(choice), label: String(choice) }))}
        onChange={(picked) => onChange(choices.find((choice) => String(choice) === picked))}
      />
    );
  if (type === "boolean")
    return (
      <Switch
        {...control}
        aria-label={label}
        checked={value === true}
        onCheckedChange={(checked) => onChange(checked)}
      />
    );
  if (type === "number" || type === "integer")
    return (
      <Input
        {...control}
        aria-label={label}
        type="number"
        step={type === "integer" ? 1 : "any"}
        data-path={path}
        placeholder={placeholder}
        value={typeof value === "number" ? value : ""}
        onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.valueAsNumber)}
      />
    );
  if (type === "string" && typeof value !== "object") {
    const text = value === undefined || value === null ? "" : String(value);
    const change = (next: string) => onChange(next === "" ? undefined : next);
    return text.includes("\n") || text.length > 80 || schema["format"] === "multiline" ? (
      <Textarea
        {...control}
        aria-label={label}
        data-path={path}
        value={text}
        onChange={(event) => change(event.target.value)}
      />
    ) : (
      <Input
        {...control}
        aria-label={label}
        data-path={path}
        value={text}
        placeholder={placeholder}
        onChange={(event) => change(event.target.value)}
      />
    );
  }
  if (
    type === "array" &&
    isObject(schema["items"]) &&
    typeOf(schema["items"]) !== undefined &&
    typeOf(schema["items"]) !== "array"
  )
    return <ListValue {...props} items={schema["items"]} />;
  if (type === "object" && isObject(schema["properties"]) && Object.keys(schema["properties"]).length > 0)
    return (
      <div className="border-l border-line pl-3">
        <SchemaForm schema={schema} value={isObject(value) ? value : {}} onChange={onChange} />
      </div>
    );
  return (
    <JsonField value={value} onChange={onChange} label={label} {...(path === undefined ? {} : { path })} />
  );
}

function ListValue({ items, value, onChange, label }: SchemaValueProps & { items: Schema }) {
  const list = Array.isArray(value) ? value : [];
  return (
    <div className="flex flex-col gap-1.5">
      {list.map((entry, index) => (
        <div key={index} className="flex items-start gap-1">
          <div className="min-w-0 flex-1">
            <SchemaValue
              schema={items}
              value={entry}
              label={`${label} ${index + 1}`}
              onChange={(next) => onChange(list.with(index, next ?? null))}
            />
          </div>
          <IconButton
            label={`Remove ${label} ${index + 1}`}
            icon={<X />}
            onClick={() => onChange(list.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        size="sm"
        variant="ghost"
        className="self-start"
        icon={<Plus />}
        onClick={() =>
          onChange([...list, typeOf(items) === "object" ? {} : typeOf(items) === "string" ? "" : null])
        }
      >
        Add
      </Button>
    </div>
  );
}

interface SchemaFormProps {
  schema: Schema;
  value: JsonObject;
  onChange: (value: JsonObject) => void;
  /** By property: what is wrong. */
  errors?: Record<string, string>;
}

/** Fields for the properties of an object schema. An empty field leaves its property out. */
export function SchemaForm({ schema, value, onChange, errors = {} }: SchemaFormProps) {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  // The database keeps the order of lists, not that of an object's fields.
  const place = (key: string) => (required.includes(key) ? required.indexOf(key) : required.length);
  const fields = Object.entries(properties).toSorted(([a], [b]) => place(a) - place(b));
  return (
    <div className="flex flex-col gap-3">
      {fields.map(([key, raw]) => {
        const property = isObject(raw) ? raw : {};
        const title = typeof property["title"] === "string" ? property["title"] : key;
        const help = typeof property["description"] === "string" ? property["description"] : undefined;
        return (
          <Field key={key} label={title} help={help} error={errors[key]} optional={!required.includes(key)}>
            {(control) => (
              <SchemaValue
                schema={property}
                value={value[key]}
                label={title}
                control={control}
                onChange={(next) => {
                  const { [key]: _, ...rest } = value;
                  onChange(next === undefined ? rest : { ...rest, [key]: next });
                }}
              />
            )}
          </Field>
        );
      })}
    </div>
  );
}

/** The value a form starts with: defaults of the schema and nothing else. */
export function defaultsOf(schema: Schema): JsonObject {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, property]) =>
      isObject(property) && property["default"] !== undefined ? [[key, property["default"]]] : [],
    ),
  );
}
