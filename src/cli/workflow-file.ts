// Opens *.workflow.json files: everything that can be wrong with one is said before anything is sent.
import { WorkflowFile } from "../core/canvas.ts";
import { openDocument } from "../core/open-document.ts";
import type { Json } from "../core/json.ts";
import { withPracticeAt } from "../core/practice.ts";
import { registry } from "../nodes/registry.gen.ts";
import { CliError } from "./cli-error.ts";
import { readFile } from "./read-input.ts";

/**
 * @param url address of the installation the file is opened for
 * @throws CliError that names the place in the file
 */
export function readWorkflowFile(path: string, url: string): WorkflowFile {
  let raw: Json;
  try {
    raw = JSON.parse(withPracticeAt(readFile(path), new URL(url).origin));
  } catch (error) {
    if (error instanceof CliError) throw error;
    const reason = error instanceof Error ? error.message : "";
    throw new CliError(
      "not_json",
      `${path} is not JSON: ${reason}.`,
      "A workflow file is what `runboard workflow export` writes.",
    );
  }
  const shell = WorkflowFile.omit({ doc: true }).loose().safeParse(raw);
  if (!shell.success) {
    const issue = shell.error.issues[0];
    throw new CliError(
      "not_a_workflow",
      `${path} is not a workflow file: ${issue?.path.join(".") || "top level"}: ${issue?.message ?? ""}.`,
      'It needs "runboard": 1, "slug", "title" and "doc".',
    );
  }
  const opened = openDocument(shell.data.doc as Json, registry);
  if ("diagnostics" in opened)
    throw new CliError(
      "not_a_document",
      `The document in ${path} cannot be opened.`,
      "Nothing was imported.",
      { diagnostics: opened.diagnostics },
    );
  const { runboard, slug, title, description } = shell.data;
  return { runboard, slug, title, description, doc: opened.doc };
}
