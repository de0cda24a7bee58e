// A value too large for a row: how large, its beginning, and a way to save it.
import { useQuery } from "@tanstack/react-query";
import { Download, FileText } from "lucide-react";
import { useState, type ReactNode } from "react";
import { asDataError } from "../data/data-error.ts";
import { beginningQuery, fileLink, readPart, type FileBeginning } from "../data/run-files.ts";
import { Button } from "../ui/button.tsx";
import { CodeBlock } from "../ui/code-block.tsx";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { formatBytes } from "../ui/format-bytes.ts";
import { JsonTree } from "../ui/json-tree.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { showFailure } from "../ui/toast.tsx";

interface StoredFileProps {
  path: string;
  bytes: number;
  mime: string;
  /** Where in the file the value stands; left out, it is the whole of it. */
  at?: readonly string[] | undefined;
  /** Names it on screen, and the saved file. */
  label: string;
  /** Put before copied paths. */
  root?: string;
  maxHeight: number;
  /** Draws a text that was read whole in another way. */
  draw?: ((text: string) => ReactNode) | undefined;
}

const endings: Record<string, string> = {
  "application/json": "json",
  "text/markdown": "md",
  "text/csv": "csv",
  "text/html": "html",
};

/** A name no file system stumbles over. */
function fileName(label: string, mime: string): string {
  const name = label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `${name || "value"}.${endings[mime] ?? "txt"}`;
}

/** Lets the browser save what lies at an address. */
function follow(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

export function StoredFile({ path, bytes, mime, at = [], label, root, maxHeight, draw }: StoredFileProps) {
  const { data, error, refetch } = useQuery(beginningQuery(path, bytes, at));
  const [saving, setSaving] = useState(false);
  const save = async () => {
    setSaving(true);
    try {
      const name = fileName(label, mime);
      if (at.length === 0) return follow(await fileLink(path, name), name);
      const text = new Blob([await readPart(path, bytes, at)], { type: mime });
      const address = URL.createObjectURL(text);
      follow(address, name);
      URL.revokeObjectURL(address);
    } catch (thrown) {
      showFailure(`${label} could not be saved`, thrown);
    } finally {
      setSaving(false);
    }
  };
  return (
    <section aria-label={`${label}, stored as a file`} className="min-w-0 space-y-2">
      <div className="flex items-center gap-2 text-sm text-muted">
        <FileText aria-hidden className="size-3.5 shrink-0 text-faint" />
        <p className="min-w-0 flex-1">
          {data && !data.whole ? (
            <>
              The first {formatBytes(data.text.length)}
              {at.length === 0 && ` of ${formatBytes(bytes)}`}
            </>
          ) : (
            <>{at.length === 0 ? formatBytes(bytes) : `Part of ${formatBytes(bytes)}`}, stored as a file</>
          )}
        </p>
        <Button size="sm" icon={<Download />} busy={saving} onClick={() => void save()}>
          Download
        </Button>
      </div>
      {error ? (
        <ErrorPanel
          title="The file could not be read"
          why={error.message}
          next={asDataError(error).hint}
          actions={<Button onClick={() => void refetch()}>Try again</Button>}
        />
      ) : data ? (
        <Beginning data={data} label={label} root={root} maxHeight={maxHeight} draw={draw} />
      ) : (
        <SkeletonRows rows={3} />
      )}
    </section>
  );
}

function Beginning({
  data,
  label,
  root,
  maxHeight,
  draw,
}: Pick<StoredFileProps, "label" | "maxHeight" | "draw"> & {
  data: FileBeginning;
  root: string | undefined;
}) {
  if (data.value !== undefined && typeof data.value === "object")
    return <JsonTree value={data.value} label={label} root={root ?? ""} maxHeight={maxHeight} />;
  if (data.whole && draw) return draw(data.text);
  return <CodeBlock text={data.whole ? data.text : `${data.text}…`} maxHeight={maxHeight} />;
}
