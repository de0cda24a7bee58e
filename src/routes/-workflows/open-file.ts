// Reads a *.workflow.json file, whoever made it. Reading performs nothing.
import { WorkflowFile } from "../../core/canvas.ts";
import { DataError } from "../../data/data-error.ts";
import { z } from "zod";

/** 10 MB of text; larger ones are refused unread. */
const largest = 10 * 1024 * 1024;

/**
 * @param text the file's text
 * @throws DataError `too_large`, `not_json` or `not_a_workflow`
 */
export function openWorkflowFile(text: string): WorkflowFile {
  if (text.length > largest) {
    throw new DataError(
      "too_large",
      "The file is over 10 MB.",
      "A workflow file holds a canvas, not data: look what else is in it.",
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : undefined;
    throw new DataError(
      "not_json",
      "The file is not JSON.",
      "Choose a file that ends in .workflow.json.",
      detail,
    );
  }
  const parsed = WorkflowFile.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new DataError(
    "not_a_workflow",
    "The file is JSON, but not a workflow of Runboard.",
    "The raw detail names the fields that do not fit.",
    z.prettifyError(parsed.error),
  );
}
