// A time span kept in milliseconds and typed in the unit that suits it.
import { useState } from "react";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import type { WidgetProps } from "./widgets.tsx";

const units = { ms: 1, seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
type Unit = keyof typeof units;
const names = Object.keys(units) as Unit[];

/** The largest unit that shows the span as a whole number. */
function unitOf(ms: number): Unit {
  return names.toReversed().find((unit) => ms > 0 && ms % units[unit] === 0) ?? "seconds";
}

export function Duration({
  value,
  onChange,
  control,
  label,
  path,
}: Pick<WidgetProps, "value" | "onChange" | "label" | "path"> & Partial<Pick<WidgetProps, "control">>) {
  const ms = typeof value === "number" ? value : undefined;
  const [picked, setPicked] = useState<Unit | null>(null);
  const unit = picked ?? (ms === undefined ? "seconds" : unitOf(ms));
  return (
    <div className="flex gap-1">
      <Input
        {...control}
        data-path={path}
        aria-label={control ? undefined : label}
        type="number"
        min={0}
        step="any"
        className="w-24"
        value={ms === undefined ? "" : ms / units[unit]}
        onChange={(event) => {
          const typed = event.target.valueAsNumber;
          onChange(Number.isFinite(typed) ? Math.max(0, Math.round(typed * units[unit])) : undefined);
        }}
      />
      <Select
        aria-label={`Unit of ${label}`}
        className="w-28"
        value={unit}
        options={names.map((name) => ({ value: name, label: name }))}
        onChange={(next) => {
          setPicked(next);
          if (ms !== undefined) onChange(Math.round((ms / units[unit]) * units[next]));
        }}
      />
    </div>
  );
}
