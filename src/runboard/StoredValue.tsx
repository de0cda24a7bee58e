import { BlobRef, type Json } from "../core/json.ts";
import { JsonTree } from "../ui/json-tree.tsx";
import { StoredFile } from "./StoredFile.tsx";

interface StoredValueProps {
  value: Json;
  label: string;
  /** Put before copied paths, e.g. `steps.fetch.output`. */
  root: string;
  maxHeight: number;
}

/** What a row holds: the value itself, or a reference to the file that a large one became. */
export function StoredValue({ value, label, root, maxHeight }: StoredValueProps) {
  const file = BlobRef.safeParse(value).data?.$blob;
  if (!file) return <JsonTree value={value} label={label} root={root} maxHeight={maxHeight} />;
  return (
    <StoredFile
      path={file.path}
      bytes={file.bytes}
      mime={file.mime}
      label={label}
      root={root}
      maxHeight={maxHeight}
    />
  );
}
