// A path to a value, typed or picked from what fits.
import { useMemo } from "react";
import type { Schema } from "../../core/json.ts";
import { fits } from "../../core/ports.ts";
import type { ControlProps } from "../../ui/field.tsx";
import type { DataEntry } from "./available.ts";
import { useFieldScope } from "./field-context.tsx";
import { SmartText } from "./SmartText.tsx";
import { FieldScopeProvider } from "./field-context.tsx";

interface ReferencePickerProps {
  value: string;
  onChange: (path: string) => void;
  schema: Schema;
  control: ControlProps;
  path: string;
}

/** Keeps the entries whose type may fit, and those above them. */
function fitting(entries: readonly DataEntry[], schema: Schema): DataEntry[] {
  return entries.flatMap((entry) => {
    const children = fitting(entry.children, schema);
    const usable = !entry.path.endsWith(".output") && fits(entry.schema, schema) !== "no";
    return usable || children.length > 0 ? [{ ...entry, children }] : [];
  });
}

export function ReferencePicker({ value, onChange, schema, control, path }: ReferencePickerProps) {
  const scope = useFieldScope();
  const narrowed = useMemo(
    () => ({
      ...scope,
      groups: scope.groups.map((group) => ({ ...group, entries: fitting(group.entries, schema) })),
    }),
    [scope, schema],
  );
  return (
    <FieldScopeProvider value={narrowed}>
      <SmartText
        language="expression"
        control={control}
        path={path}
        value={value}
        placeholder="steps.fetch.output.body"
        onChange={(next) => onChange(next.trim())}
      />
    </FieldScopeProvider>
  );
}
