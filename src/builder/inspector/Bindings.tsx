// Named bindings in a config, such as the fields a transform builds; and a single one.
import { Plus, X } from "lucide-react";
import { z } from "zod";
import { Binding } from "../../core/binding.ts";
import type { Json } from "../../core/json.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { BindingField } from "./BindingField.tsx";
import { freeKey, keyFromTitle } from "../edit/keys.ts";
import type { WidgetProps } from "./widgets.tsx";
import { useState } from "react";
import { Input } from "../../ui/input.tsx";

const asJson = (binding: Binding): Json => JSON.parse(JSON.stringify(binding));

interface NamedBindingsProps {
  value: Record<string, Binding>;
  onChange: (value: Record<string, Binding>) => void;
  path: string;
  addLabel?: string;
}

/** Rows of a name and how its value is made. Renaming keeps the order. */
export function NamedBindings({ value, onChange, path, addLabel = "Add field" }: NamedBindingsProps) {
  const entries = Object.entries(value);
  const replace = (index: number, key: string, binding: Binding) =>
    onChange(Object.fromEntries(entries.map((entry, at) => (at === index ? [key, binding] : entry))));
  return (
    <div className="flex flex-col gap-2.5" data-path={path}>
      {entries.map(([key, binding], index) => (
        <div key={index} className="rounded-control border border-line bg-panel p-1.5">
          <div className="mb-1 flex items-center gap-1">
            <NameInput
              name={key}
              onChange={(name) => {
                const taken = new Set(entries.map(([other]) => other).filter((other) => other !== key));
                replace(index, freeKey(keyFromTitle(name), taken), binding);
              }}
            />
            <IconButton
              size="sm"
              label={`Remove ${key}`}
              icon={<X />}
              onClick={() => onChange(Object.fromEntries(entries.filter((_, at) => at !== index)))}
            />
          </div>
          <BindingField
            label={key}
            path={`${path}.${key}`}
            schema={{}}
            required
            binding={binding}
            onChange={(next) => replace(index, key, next ?? { literal: null })}
          />
        </div>
      ))}
      <Button
        size="sm"
        variant="ghost"
        className="self-start"
        icon={<Plus />}
        onClick={() =>
          onChange({ ...value, [freeKey("field", new Set(Object.keys(value)))]: { literal: "" } })
        }
      >
        {addLabel}
      </Button>
    </div>
  );
}

function NameInput({ name, onChange }: { name: string; onChange: (name: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Input
      mono
      aria-label={`Name of ${name}`}
      value={typed ?? name}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => {
        if (typed !== null && typed !== name && typed.trim() !== "") onChange(typed);
        setTyped(null);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
      }}
    />
  );
}

export function BindingsWidget({ value, onChange, path }: WidgetProps) {
  const parsed = z.record(z.string(), Binding).safeParse(value ?? {});
  return (
    <NamedBindings
      value={parsed.success ? parsed.data : {}}
      path={path}
      onChange={(next) =>
        onChange(Object.fromEntries(Object.entries(next).map(([key, entry]) => [key, asJson(entry)])))
      }
    />
  );
}

export function SingleBinding({
  value,
  onChange,
  label,
  path,
}: Omit<WidgetProps, "form" | "schema" | "control">) {
  const parsed = Binding.safeParse(value);
  return (
    <BindingField
      label={label}
      path={path}
      schema={{}}
      required
      binding={parsed.success ? parsed.data : undefined}
      onChange={(next) => onChange(next === undefined ? undefined : asJson(next))}
    />
  );
}
