// The amounts of a budget, each of which may be left out.
import type { Settings } from "../../core/plan.ts";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { Duration } from "./Duration.tsx";

interface CountProps {
  label: string;
  path: string;
  value: number | undefined;
  optional?: boolean;
  step?: number;
  onChange: (value: number | undefined) => void;
}

/** A number above 0; empty is none. */
export function Count({ label, path, value, optional = false, step = 1, onChange }: CountProps) {
  return (
    <Field label={label} optional={optional}>
      {(control) => (
        <Input
          {...control}
          data-path={path}
          type="number"
          min={step}
          step={step}
          value={value ?? ""}
          onChange={(event) => {
            const typed = event.target.valueAsNumber;
            onChange(
              Number.isFinite(typed) && typed > 0
                ? step === 1
                  ? Math.max(1, Math.round(typed))
                  : typed
                : undefined,
            );
          }}
        />
      )}
    </Field>
  );
}

type BudgetValues = NonNullable<Settings["budgets"]>;

/** What a run may spend; amounts left empty are not limited. */
export function BudgetFields({
  value,
  onChange,
}: {
  value: BudgetValues;
  onChange: (value: BudgetValues) => void;
}) {
  const keep = (name: keyof BudgetValues, amount: number | undefined) => {
    const { [name]: _, ...others } = value;
    onChange(amount === undefined ? others : { ...others, [name]: amount });
  };
  const field = (name: "costUsd" | "tokens" | "calls", label: string, step = 1) => (
    <Count
      optional
      label={label}
      step={step}
      path={`settings.budgets.${name}`}
      value={value[name]}
      onChange={(amount) => keep(name, amount)}
    />
  );
  return (
    <>
      <div className="grid grid-cols-3 gap-3">
        {field("costUsd", "US dollars", 0.01)}
        {field("tokens", "Tokens")}
        {field("calls", "Calls")}
      </div>
      <Field label="Time at work" optional>
        {(control) => (
          <Duration
            control={control}
            label="Time at work"
            path="settings.budgets.activeMs"
            value={value.activeMs}
            onChange={(ms) => keep("activeMs", typeof ms === "number" && ms > 0 ? ms : undefined)}
          />
        )}
      </Field>
    </>
  );
}
