// Reads a *.workflow.json file, or a bare canvas, whoever made it. Reading performs nothing.
import type { CanvasDoc } from "../../core/canvas.ts";
import { openDocument } from "../../core/open-document.ts";
import { withPracticeAt } from "../../core/practice.ts";
import { DataError } from "../../data/data-error.ts";
import { registry } from "../../nodes/registry.gen.ts";

export interface OpenedFile {
  slug: string | undefined;
  title: string;
  description: string;
  doc: CanvasDoc;
  /** What was changed while opening. */
  notices: string[];
}

/**
 * @param text the file's text
 * @param name stands in for a title the file does not have
 * @throws DataError with the first thing that is wrong; its detail lists the others
 */
export function openWorkflowFile(text: string, name: string): OpenedFile {
  const opened = openDocument(withPracticeAt(text, window.location.origin), registry);
  if ("diagnostics" in opened) {
    const [first] = opened.diagnostics;
    const all = opened.diagnostics.map((one) => `${one.path ?? ""} ${one.message}`.trim()).join("\n");
    throw new DataError(
      "document.invalid",
      first?.message ?? "This is not a workflow.",
      first?.hint ?? "",
      all,
    );
  }
  const { doc, file, notices } = opened;
  const title = file?.title ?? name.replace(/(\.workflow)?\.json$/, "");
  return { slug: file?.slug, title, description: file?.description ?? "", doc, notices };
}
