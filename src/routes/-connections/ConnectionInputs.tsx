import { useId } from "react";
import { ConnectionKind, type ConnectionRow } from "../../data/connections.ts";
import { Field, Label } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { Switch } from "../../ui/switch.tsx";
import type { ConnectionFields, FieldProblems } from "./connection-form.ts";
import { connectionLook } from "./connection-look.ts";

interface ConnectionInputsProps {
  fields: ConnectionFields;
  problems: FieldProblems;
  connection: ConnectionRow | undefined;
  onChange: (patch: Partial<ConnectionFields>) => void;
}

const kinds = ConnectionKind.options.map((value) => {
  const { label, hint } = connectionLook[value];
  return { value, label, hint };
});

export function ConnectionInputs({ fields, problems, connection, onChange }: ConnectionInputsProps) {
  const look = connectionLook[fields.kind];
  return (
    <>
      {!connection && (
        <Field label="Kind">
          {(control) => (
            <Select<ConnectionKind>
              {...control}
              value={fields.kind}
              options={kinds}
              onChange={(kind) => onChange({ kind })}
            />
          )}
        </Field>
      )}
      <Field label="Name" error={problems.title}>
        {(control) => (
          <Input
            {...control}
            maxLength={120}
            value={fields.title}
            onChange={(event) => onChange({ title: event.target.value })}
          />
        )}
      </Field>
      {!connection && (
        <Field label="Slug" help="How nodes name it; stays the same for good." error={problems.slug}>
          {(control) => (
            <Input
              {...control}
              mono
              value={fields.slug}
              onChange={(event) => onChange({ slug: event.target.value })}
            />
          )}
        </Field>
      )}
      {look.baseUrl !== "none" && (
        <Field label="Address" optional={look.baseUrl === "optional"} error={problems.baseUrl}>
          {(control) => (
            <Input
              {...control}
              mono
              type="url"
              placeholder={look.example}
              value={fields.baseUrl}
              onChange={(event) => onChange({ baseUrl: event.target.value })}
            />
          )}
        </Field>
      )}
      {fields.kind === "http" && <HttpInputs fields={fields} problems={problems} onChange={onChange} />}
      <Field
        label={look.secretLabel}
        optional={fields.kind !== "anthropic" && fields.kind !== "openai" && fields.kind !== "signing"}
        help={
          connection?.hasSecret
            ? "One is stored. Type to replace it; it cannot be shown."
            : "Encrypted when it arrives and never shown again."
        }
      >
        {(control) => (
          <Input
            {...control}
            mono
            type="password"
            autoComplete="off"
            placeholder={connection?.hasSecret ? "••••••••••••" : ""}
            value={fields.secret}
            onChange={(event) => onChange({ secret: event.target.value })}
          />
        )}
      </Field>
      <LimitInputs fields={fields} problems={problems} onChange={onChange} />
      {fields.kind !== "signing" && <BreakerInput fields={fields} onChange={onChange} />}
    </>
  );
}

const periods = (["second", "minute", "hour", "day"] as const).map((value) => ({
  value,
  label: `per ${value}`,
}));

/** How much the server takes; steps beyond that wait for a place. */
function LimitInputs({ fields, problems, onChange }: Omit<ConnectionInputsProps, "connection">) {
  const digits = (text: string) => text.replace(/\D/g, "");
  return (
    <fieldset className="rounded-card border border-line p-3">
      <legend className="px-1 font-medium">How much it takes</legend>
      <p className="mb-3 text-sm text-muted">
        Steps beyond a limit wait for a place; they do not fail. Left empty: no limit.
      </p>
      <div className="grid grid-cols-2 items-start gap-3 sm:grid-cols-[1fr_1fr_7.5rem]">
        <Field label="Steps at once" optional error={problems.maxParallel}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              className="tabular"
              value={fields.maxParallel}
              onChange={(event) => onChange({ maxParallel: digits(event.target.value) })}
            />
          )}
        </Field>
        <Field label="Steps per time" optional error={problems.max}>
          {(control) => (
            <Input
              {...control}
              inputMode="numeric"
              className="tabular"
              value={fields.max}
              onChange={(event) => onChange({ max: digits(event.target.value) })}
            />
          )}
        </Field>
        <Select
          aria-label="Time the steps are counted over"
          className="max-sm:col-start-2 sm:mt-6"
          value={fields.per}
          options={periods}
          onChange={(per) => onChange({ per })}
        />
      </div>
    </fieldset>
  );
}

/** Whether its steps wait while its host keeps failing. */
function BreakerInput({ fields, onChange }: Pick<ConnectionInputsProps, "fields" | "onChange">) {
  const id = useId();
  return (
    <div className="flex items-start justify-between gap-3 rounded-card border border-line p-3">
      <div className="min-w-0">
        <Label htmlFor={id}>Wait while its host keeps failing</Label>
        <p id={`${id}-help`} className="text-sm text-muted">
          {fields.breaker
            ? "After 20 failed calls within ten seconds, steps wait until the host answers again. No attempt is used up."
            : "Every step calls, however often the host has failed, and uses up its attempts."}
        </p>
      </div>
      <Switch
        id={id}
        aria-describedby={`${id}-help`}
        className="mt-0.5"
        checked={fields.breaker}
        onCheckedChange={(breaker) => onChange({ breaker })}
      />
    </div>
  );
}

function HttpInputs({ fields, problems, onChange }: Omit<ConnectionInputsProps, "connection">) {
  return (
    <>
      <Field
        label="Header"
        optional
        help="The header the secret is sent in. Left empty: Authorization, as a bearer token."
      >
        {(control) => (
          <Input
            {...control}
            mono
            placeholder="X-Api-Key"
            value={fields.headerName}
            onChange={(event) => onChange({ headerName: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Hosts"
        help="The secret is sent to these and no others. Separate them with commas."
        error={problems.hosts}
      >
        {(control) => (
          <Input
            {...control}
            mono
            placeholder="api.example.com"
            value={fields.hosts}
            onChange={(event) => onChange({ hosts: event.target.value })}
          />
        )}
      </Field>
    </>
  );
}
