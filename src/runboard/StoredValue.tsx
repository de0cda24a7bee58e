// What a row holds: the value itself, or references to the files that large parts of it became.
import { BlobRef, type Json, type JsonObject } from "../core/json.ts";
import { JsonTree } from "../ui/json-tree.tsx";
import { StoredFile } from "./StoredFile.tsx";

interface StoredValueProps {
  value: Json;
  label: string;
  /** Put before copied paths, e.g. `steps.fetch.output`. */
  root: string;
  maxHeight: number;
}

type FileRef = BlobRef["$blob"];

function fileOf(value: Json): FileRef | undefined {
  return BlobRef.safeParse(value).data?.$blob;
}

/** Files stand no deeper than this: an output, its ports, their fields. */
const deepest = 3;

/** The files in an object, each with its path, and the rest of it; nothing when it holds none. */
function splitFields(value: Json, level = 1): { files: [string, FileRef][]; rest: JsonObject } | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value) || level > deepest)
    return undefined;
  const files: [string, FileRef][] = [];
  const rest: JsonObject = {};
  for (const [key, field] of Object.entries(value)) {
    const file = fileOf(field);
    const inner = splitFields(field, level + 1);
    if (file) files.push([key, file]);
    for (const [path, deeper] of inner?.files ?? []) files.push([`${key}.${path}`, deeper]);
    const left = inner ? inner.rest : field;
    const isEmpty = inner !== undefined && Object.keys(inner.rest).length === 0;
    if (!file && !isEmpty) rest[key] = left;
  }
  return files.length > 0 ? { files, rest } : undefined;
}

export function StoredValue({ value, label, root, maxHeight }: StoredValueProps) {
  const file = fileOf(value);
  if (file) return <StoredFile {...file} label={label} root={root} maxHeight={maxHeight} />;
  const fields = splitFields(value);
  if (!fields) return <JsonTree value={value} label={label} root={root} maxHeight={maxHeight} />;
  return (
    <div className="min-w-0 space-y-5">
      {Object.keys(fields.rest).length > 0 && (
        <JsonTree value={fields.rest} label={label} root={root} maxHeight={maxHeight} />
      )}
      {fields.files.map(([key, field]) => (
        <section key={key} className="min-w-0">
          <h3 className="mb-1 font-mono text-sm font-medium">{key}</h3>
          <StoredFile {...field} label={key} root={`${root}.${key}`} maxHeight={maxHeight} />
        </section>
      ))}
    </div>
  );
}
