// Flow control of a workflow: how many runs at once, how often, which starts become one, and what a run may spend.
import { useMemo, type ReactNode } from "react";
import type { Settings } from "../../core/plan.ts";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useBuilder } from "../builder-context.tsx";
import { BudgetFields, Count } from "./BudgetFields.tsx";
import { Duration } from "./Duration.tsx";
import { FieldScopeProvider, useFieldScope, useProblem } from "./field-context.tsx";
import { SmartText } from "./SmartText.tsx";

/** What a limit starts with when it is switched on: one place for all runs. */
const fresh = {
  concurrency: { key: '"all"', limit: 1, whenFull: "queue" },
  rateLimit: { max: 10, per: "minute" },
  debounce: { key: '"all"', ms: 10_000 },
  budgets: { costUsd: 1 },
} as const satisfies Partial<Settings>;
type Limit = keyof typeof fresh;

export function LimitsPart() {
  const settings = useBuilder((state) => state.doc.settings);
  const edit = useBuilder((state) => state.edit);
  const { groups, ...scope } = useFieldScope();
  // A key is made before any step has run.
  const known = useMemo(
    () => groups.filter(({ title }) => title === "Workflow input" || title === "Variables"),
    [groups],
  );
  const keep = <L extends Limit>(limit: L, value: Settings[L] | undefined) =>
    edit((doc) => {
      const next = { ...doc.settings, [limit]: value };
      if (value === undefined) delete next[limit];
      return { ...doc, settings: next };
    }, `settings.${limit}`);
  const part = (limit: Limit) => ({
    on: settings[limit] !== undefined,
    onSwitch: (on: boolean) => keep(limit, on ? fresh[limit] : undefined),
  });
  const { concurrency, rateLimit, debounce, budgets } = settings;
  return (
    <FieldScopeProvider value={{ ...scope, groups: known }}>
      <div className="flex flex-col divide-y divide-line">
        <Limited
          title="Runs at once"
          help="Per key, so many runs are under way at the same time."
          {...part("concurrency")}
        >
          {concurrency && (
            <>
              <div className="grid grid-cols-2 gap-3">
                <Count
                  label="At most"
                  path="settings.concurrency.limit"
                  value={concurrency.limit}
                  onChange={(limit) => keep("concurrency", { ...concurrency, limit: limit ?? 1 })}
                />
                <Field label="When full">
                  {(control) => (
                    <Select
                      {...control}
                      value={concurrency.whenFull}
                      options={[
                        { value: "queue", label: "Wait", hint: "The run starts when one has ended" },
                        { value: "cancel_oldest", label: "Cancel the oldest", hint: "The newest run counts" },
                        { value: "refuse", label: "Refuse", hint: "The start is answered with “too many”" },
                      ]}
                      onChange={(whenFull) => keep("concurrency", { ...concurrency, whenFull })}
                    />
                  )}
                </Field>
              </div>
              <Key
                path="settings.concurrency.key"
                value={concurrency.key}
                onChange={(key) => keep("concurrency", { ...concurrency, key })}
              />
            </>
          )}
        </Limited>
        <Limited title="Runs per time" help="More than that wait for their turn." {...part("rateLimit")}>
          {rateLimit && (
            <>
              <div className="grid grid-cols-2 gap-3">
                <Count
                  label="At most"
                  path="settings.rateLimit.max"
                  value={rateLimit.max}
                  onChange={(max) => keep("rateLimit", { ...rateLimit, max: max ?? 1 })}
                />
                <Field label="Per">
                  {(control) => (
                    <Select
                      {...control}
                      value={rateLimit.per}
                      options={(["second", "minute", "hour", "day"] as const).map((per) => ({
                        value: per,
                        label: per,
                      }))}
                      onChange={(per) => keep("rateLimit", { ...rateLimit, per })}
                    />
                  )}
                </Field>
              </div>
              <Key
                optional
                path="settings.rateLimit.key"
                value={rateLimit.key ?? ""}
                onChange={(key) => {
                  const { key: _, ...others } = rateLimit;
                  keep("rateLimit", key === "" ? others : { ...others, key });
                }}
              />
            </>
          )}
        </Limited>
        <Limited
          title="Debounce"
          help="Starts that follow each other closely become one run, with the last input."
          {...part("debounce")}
        >
          {debounce && (
            <>
              <Field label="Start when quiet for">
                {(control) => (
                  <Duration
                    control={control}
                    label="Start when quiet for"
                    path="settings.debounce.ms"
                    value={debounce.ms}
                    onChange={(ms) => keep("debounce", { ...debounce, ms: typeof ms === "number" ? ms : 0 })}
                  />
                )}
              </Field>
              <Key
                path="settings.debounce.key"
                value={debounce.key}
                onChange={(key) => keep("debounce", { ...debounce, key })}
              />
            </>
          )}
        </Limited>
        <Limited
          title="Budget of a run"
          help="A run that has used it up waits until somebody tops it up."
          {...part("budgets")}
        >
          {budgets && <BudgetFields value={budgets} onChange={(next) => keep("budgets", next)} />}
        </Limited>
      </div>
    </FieldScopeProvider>
  );
}

function Limited(props: {
  title: string;
  help: string;
  on: boolean;
  onSwitch: (on: boolean) => void;
  children: ReactNode;
}) {
  const { title, help, on, onSwitch, children } = props;
  return (
    <section aria-label={title} className="flex flex-col gap-3 py-3 first:pt-1 last:pb-0">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h4 className="text-sm font-medium">{title}</h4>
          <p className="text-sm text-muted">{help}</p>
        </div>
        <Switch aria-label={title} checked={on} onCheckedChange={onSwitch} className="mt-1" />
      </div>
      {children}
    </section>
  );
}

interface KeyProps {
  path: string;
  value: string;
  optional?: boolean;
  onChange: (key: string) => void;
}

function Key({ path, value, optional = false, onChange }: KeyProps) {
  const problem = useProblem(path);
  return (
    <Field
      label="Key"
      optional={optional}
      error={problem}
      help={
        'Each value has its own limit. "all" is one for every run; everybody who sees a waiting run sees its key.'
      }
    >
      {(control) => (
        <SmartText
          language="expression"
          control={control}
          path={path}
          value={value}
          placeholder="input.customer"
          onChange={onChange}
        />
      )}
    </Field>
  );
}
