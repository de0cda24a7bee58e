// Names and values, one line each: headers and query parameters.
import { Plus, X } from "lucide-react";
import { useState } from "react";
import type { Json } from "../../core/json.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";

interface KeyValueProps {
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  label: string;
  path?: string;
}

type Row = { name: string; text: string };

function rowsOf(value: Json | undefined): Row[] {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return [];
  return Object.entries(value).map(([name, entry]) => ({
    name,
    text: typeof entry === "string" ? entry : JSON.stringify(entry),
  }));
}

export function KeyValue({ value, onChange, label, path }: KeyValueProps) {
  const [extra, setExtra] = useState<Row[]>([]);
  const rows = [...rowsOf(value), ...extra];
  const keep = (next: Row[]) => {
    const named = next.filter((row) => row.name !== "");
    const unique = new Map(named.map((row) => [row.name, row.text]));
    setExtra(next.filter((row) => row.name === ""));
    onChange(unique.size === 0 ? undefined : Object.fromEntries(unique));
  };
  return (
    <div className="flex flex-col gap-1" data-path={path}>
      {rows.map((row, index) => (
        <div key={index} className="flex gap-1">
          <Input
            aria-label={`${label} name ${index + 1}`}
            placeholder="name"
            mono
            value={row.name}
            onChange={(event) => keep(rows.with(index, { ...row, name: event.target.value }))}
          />
          <Input
            aria-label={`${label} value ${index + 1}`}
            placeholder="value"
            value={row.text}
            onChange={(event) => keep(rows.with(index, { ...row, text: event.target.value }))}
          />
          <IconButton
            label={`Remove ${row.name || "this line"}`}
            icon={<X />}
            onClick={() => keep(rows.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        size="sm"
        variant="ghost"
        className="self-start"
        icon={<Plus />}
        onClick={() => setExtra([...extra, { name: "", text: "" }])}
      >
        Add
      </Button>
    </div>
  );
}
