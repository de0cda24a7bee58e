// A JSON Schema of an object as a list of fields, with the raw schema one switch away.
import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Json, JsonObject } from "../../core/json.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";
import { SegmentedControl } from "../../ui/segmented-control.tsx";
import { Select } from "../../ui/select.tsx";
import { freeKey } from "../edit/keys.ts";
import { JsonField } from "../../ui/json-field.tsx";

interface SchemaEditorProps {
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  label: string;
  path?: string;
}

const types = [
  { value: "string", label: "text" },
  { value: "number", label: "number" },
  { value: "integer", label: "whole number" },
  { value: "boolean", label: "yes or no" },
  { value: "array", label: "list" },
  { value: "object", label: "object" },
  { value: "any", label: "anything" },
] as const;
type TypeName = (typeof types)[number]["value"];

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** True when the list of fields can say everything the schema says. */
function simple(schema: JsonObject): boolean {
  return (
    Object.keys(schema).every((key) =>
      ["type", "properties", "required", "additionalProperties"].includes(key),
    ) &&
    (schema["type"] === undefined || schema["type"] === "object")
  );
}

export function SchemaEditor({ value, onChange, label, path }: SchemaEditorProps) {
  const schema = isObject(value) ? value : {};
  const [raw, setRaw] = useState(!simple(schema));
  return (
    <div className="flex flex-col gap-1.5" data-path={path}>
      <SegmentedControl
        label={`${label} as`}
        value={raw ? "raw" : "fields"}
        segments={[
          { value: "fields", label: "Fields" },
          { value: "raw", label: "JSON Schema" },
        ]}
        onChange={(next) => setRaw(next === "raw")}
        className="self-start"
      />
      {raw || !simple(schema) ? (
        <JsonField value={value} onChange={onChange} label={label} rows={8} />
      ) : (
        <Fields schema={schema} onChange={onChange} label={label} />
      )}
    </div>
  );
}

function Fields({
  schema,
  onChange,
  label,
}: {
  schema: JsonObject;
  onChange: (value: Json | undefined) => void;
  label: string;
}) {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  const entries = Object.entries(properties);
  const keep = (next: [string, Json][], needed: string[]) => {
    const names = next.map(([name]) => name);
    onChange({
      ...schema,
      type: "object",
      properties: Object.fromEntries(next),
      required: needed.filter((name) => names.includes(name)),
    });
  };
  const typeOf = (property: Json): TypeName => {
    const type = isObject(property) ? property["type"] : undefined;
    return types.find((entry) => entry.value === type)?.value ?? "any";
  };
  return (
    <div className="flex flex-col gap-1">
      {entries.map(([name, property], index) => (
        <div key={index} className="flex items-center gap-1">
          <Input
            mono
            aria-label={`Name of field ${index + 1} of ${label}`}
            defaultValue={name}
            key={name}
            onBlur={(event) => {
              const next = event.target.value.trim();
              if (next === "" || next === name || next in properties) {
                event.target.value = name;
                return;
              }
              keep(
                entries.with(index, [next, property]),
                required.map((entry) => (entry === name ? next : entry)),
              );
            }}
          />
          <Select
            aria-label={`Type of ${name}`}
            className="w-32 shrink-0"
            value={typeOf(property)}
            options={types}
            onChange={(type) => {
              const { type: _, ...rest } = isObject(property) ? property : {};
              keep(entries.with(index, [name, type === "any" ? rest : { ...rest, type }]), required);
            }}
          />
          <span className="flex shrink-0 items-center gap-1 text-sm text-muted" title="Must be given">
            <Checkbox
              aria-label={`${name} is required`}
              checked={required.includes(name)}
              onCheckedChange={(checked) =>
                keep(
                  entries,
                  checked === true ? [...required, name] : required.filter((entry) => entry !== name),
                )
              }
            />
            req
          </span>
          <IconButton
            size="sm"
            label={`Remove ${name}`}
            icon={<X />}
            onClick={() =>
              keep(
                entries.filter((_, at) => at !== index),
                required,
              )
            }
          />
        </div>
      ))}
      <Button
        size="sm"
        variant="ghost"
        className="self-start"
        icon={<Plus />}
        onClick={() =>
          keep(
            [...entries, [freeKey("field", new Set(Object.keys(properties))), { type: "string" }]],
            required,
          )
        }
      >
        Add field
      </Button>
    </div>
  );
}
