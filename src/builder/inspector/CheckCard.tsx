// One verifier: its name, its place among the others, its settings by kind, and what its failure means.
import { ArrowDown, ArrowUp, X } from "lucide-react";
import { useState } from "react";
import { z } from "zod";
import { Binding } from "../../core/binding.ts";
import type { Json, Schema } from "../../core/json.ts";
import type { Verifier } from "../../core/plan.ts";
import { verifierKinds, type VerifierFacts } from "../../core/verifier-kinds.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";
import { Switch } from "../../ui/switch.tsx";
import { keyFromTitle } from "../edit/keys.ts";
import { BindingField } from "./BindingField.tsx";
import { widgetOf, withField } from "./config-schema.ts";
import { useProblem } from "./field-context.tsx";
import { JudgeModel } from "./JudgeModel.tsx";
import { widgets } from "./widgets.tsx";

interface CheckCardProps {
  verifier: Verifier;
  place: { index: number; of: number };
  /** @param field names the change, so that typing in one field is one step of undo */
  onChange: (verifier: Verifier, field: string) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

export function CheckCard({ verifier, place, onChange, onMove, onRemove }: CheckCardProps) {
  const { name, kind, required } = verifier;
  const facts = verifierKinds[kind];
  const [more, setMore] = useState(false);
  const path = `verifiers.${name}`;
  const own = useOwnProblem(path);
  const fields = Object.keys(facts.config.shape).filter((field) => facts.form[field] !== undefined);
  const ordered = Object.keys(facts.form).filter((field) => fields.includes(field));
  const advanced = ordered.filter((field) => facts.form[field]?.advanced === true);
  const shown = ordered.filter(
    (field) => more || !advanced.includes(field) || verifier.config[field] !== undefined,
  );
  return (
    <section aria-label={`Check ${name}`} className="rounded-card border border-line bg-panel">
      <header className="flex items-center gap-1 border-b border-line px-2 py-1.5">
        <Input
          mono
          aria-label="Name of the check"
          key={name}
          defaultValue={name}
          className="min-w-0 flex-1 border-transparent bg-transparent font-medium"
          onBlur={(event) => {
            const next = keyFromTitle(event.target.value);
            if (next !== name) onChange({ ...verifier, name: next }, "name");
          }}
        />
        <Badge>{facts.title}</Badge>
        <IconButton
          size="sm"
          label={`Move ${name} up`}
          icon={<ArrowUp />}
          disabled={place.index === 0}
          onClick={() => onMove(place.index - 1)}
        />
        <IconButton
          size="sm"
          label={`Move ${name} down`}
          icon={<ArrowDown />}
          disabled={place.index === place.of - 1}
          onClick={() => onMove(place.index + 1)}
        />
        <IconButton size="sm" label={`Remove ${name}`} icon={<X />} onClick={onRemove} />
      </header>
      <div className="flex flex-col gap-3 p-2.5">
        {shown.map((field) => (
          <CheckField
            key={field}
            facts={facts}
            field={field}
            path={`${path}.config.${field}`}
            verifier={verifier}
            onChange={(value) =>
              onChange({ ...verifier, config: withField(verifier.config, field, value) }, field)
            }
            onModel={(connection, model) =>
              onChange({ ...verifier, config: { ...verifier.config, connection, model } }, "model")
            }
          />
        ))}
        {own !== undefined && (
          <p role="alert" className="text-sm text-failed">
            {own}
          </p>
        )}
        <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-muted">
          <label className="flex items-center gap-2">
            <Switch
              aria-label={`${name} is required`}
              checked={required}
              onCheckedChange={(next) => onChange({ ...verifier, required: next }, "required")}
            />
            {required ? "Fails the step" : "Only warns"}
          </label>
          {advanced.length > 0 && (
            <Button size="sm" variant="ghost" aria-expanded={more} onClick={() => setMore(!more)}>
              {more ? "Fewer settings" : `More settings (${advanced.length})`}
            </Button>
          )}
        </div>
      </div>
    </section>
  );
}

interface CheckFieldProps {
  facts: VerifierFacts;
  field: string;
  path: string;
  verifier: Verifier;
  onChange: (value: Json | undefined) => void;
  onModel: (connection: string, model: string) => void;
}

function CheckField({ facts, field, path, verifier, onChange, onModel }: CheckFieldProps) {
  const problem = useProblem(path);
  const form = facts.form[field] ?? { label: field };
  const schema = schemasOf(facts)[field] ?? {};
  const value = verifier.config[field];
  if (verifier.kind === "llm_judge" && field === "model") return null;
  if (verifier.kind === "llm_judge" && field === "connection")
    return <JudgeModel config={verifier.config} path={path} problem={problem} onChange={onModel} />;
  if (isBinding(schema))
    return (
      <BindingField
        label={form.label}
        path={path}
        schema={field === "body" ? {} : { type: "string" }}
        required={field !== "body"}
        form={form}
        binding={Binding.safeParse(value).data}
        onChange={(binding) => onChange(binding)}
      />
    );
  const Widget = widgets[widgetOf(form, schema)];
  return (
    <Field label={form.label} help={form.help} error={problem}>
      {(control) => (
        <Widget
          value={value}
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

/** What is wrong with the check as a whole; what is wrong with a field is said there. */
function useOwnProblem(path: string): string | undefined {
  const whole = useProblem(path);
  const inConfig = useProblem(`${path}.config`);
  return whole === inConfig ? undefined : whole;
}

function isBinding(schema: Schema): boolean {
  return Array.isArray(schema["anyOf"]) && JSON.stringify(schema["anyOf"]).includes('"template"');
}

const remembered = new WeakMap<VerifierFacts, Record<string, Schema>>();

/** By config field, as for the config of a node. */
function schemasOf(facts: VerifierFacts): Record<string, Schema> {
  const known = remembered.get(facts);
  if (known) return known;
  const whole = z.toJSONSchema(facts.config, { io: "input", unrepresentable: "any" });
  const properties: Record<string, Schema> = JSON.parse(JSON.stringify(whole.properties ?? {}));
  remembered.set(facts, properties);
  return properties;
}
