// The sample workflows and what they need to run without the internet.
import { pinTools } from "../../core/pin-tools.ts";
import { practiceConnection } from "../../core/practice.ts";
import type { Tool } from "../../core/tool.ts";
import { putConnection, refreshTools } from "../../data/connections.ts";
import { publish } from "../../data/versions.ts";
import { createWorkflow } from "../../data/workflows.ts";
import { openWorkflowFile, type OpenedFile } from "../-workflows/open-file.ts";

const files = import.meta.glob<string>("../../../examples/*.workflow.json", {
  query: "?raw",
  import: "default",
});

/** Every sample, by file name. @throws DataError when one is no workflow */
export function loadSamples(): Promise<OpenedFile[]> {
  const paths = Object.entries(files).toSorted(([a], [b]) => a.localeCompare(b));
  return Promise.all(paths.map(async ([path, load]) => openWorkflowFile(await load(), path)));
}

/** Makes the connection the samples call and reads its tools. @throws DataError */
export async function connectPractice(workspaceId: string): Promise<Tool[]> {
  const connection = practiceConnection(window.location.origin);
  await putConnection({ workspaceId, ...connection });
  return refreshTools(workspaceId, connection.slug);
}

/** Creates and publishes one sample. @throws DataError, NotPublishable */
export async function installSample(
  workspaceId: string,
  sample: OpenedFile,
  tools: readonly Tool[],
): Promise<void> {
  const { slug, title, description, doc } = sample;
  const workflow = await createWorkflow({
    workspaceId,
    ...(slug === undefined ? {} : { slug }),
    title,
    description,
    doc: pinTools(doc, tools),
  });
  await publish(workflow.id, { name: "Sample" });
}
