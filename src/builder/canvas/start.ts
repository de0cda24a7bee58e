// Ways to fill an empty canvas: the samples that come with this app, and a file.
import { WorkflowFile, type CanvasDoc } from "../../core/canvas.ts";
import type { Tool } from "../../core/tool.ts";
import { withPracticeAt } from "../../core/practice.ts";
import { pinTools } from "../../core/pin-tools.ts";

const files = import.meta.glob<string>("../../../examples/*.workflow.json", {
  query: "?raw",
  import: "default",
});

const largest = 10 * 1024 * 1024;

/** Names of the samples, as in their files. */
export const samples = Object.keys(files)
  .map((path) => path.replace(/^.*\/|\.workflow\.json$/g, ""))
  .toSorted();

/** @throws Error that says what is wrong with the text; reading performs nothing */
export function readWorkflowText(text: string, tools: readonly Tool[]): CanvasDoc {
  if (text.length > largest)
    throw new Error("The file is over 10 MB; a workflow file holds a canvas, not data.");
  let json: unknown;
  try {
    json = JSON.parse(withPracticeAt(text, window.location.origin));
  } catch {
    throw new Error("The file is not JSON. Choose one that ends in .workflow.json.");
  }
  const parsed = WorkflowFile.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(
      `The file is not a workflow: ${issue ? `${issue.path.join(".")}: ${issue.message}` : "its shape is unknown"}.`,
    );
  }
  return pinTools(parsed.data.doc, tools);
}

/** @throws Error when there is no such sample */
export async function loadSample(name: string, tools: readonly Tool[]): Promise<CanvasDoc> {
  const load = Object.entries(files).find(([path]) => path.endsWith(`/${name}.workflow.json`))?.[1];
  if (!load) throw new Error(`There is no sample called ${name}.`);
  return readWorkflowText(await load(), tools);
}

/** Asks for a file; undefined when the person thinks better of it. */
export function chooseFile(): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".json,application/json";
    input.addEventListener("change", () => resolve(input.files?.[0]));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}
