// The sample workflows and what they need to run without the internet.
import { pinTools } from "../../core/pin-tools.ts";
import type { Tool } from "../../core/tool.ts";
import { putConnection, refreshTools } from "../../data/connections.ts";
import { publish } from "../../data/versions.ts";
import { createWorkflow } from "../../data/workflows.ts";
import { openWorkflowFile, type OpenedFile } from "../-workflows/open-file.ts";

/** Where the files say Runboard is; replaced by where it really is. */
const writtenOrigin = "http://127.0.0.1:4400";

const files = import.meta.glob<string>("../../../examples/*.workflow.json", {
  query: "?raw",
  import: "default",
});

/** Every sample, by file name; its addresses lead to this server. @throws DataError when one is no workflow */
export function loadSamples(): Promise<OpenedFile[]> {
  const paths = Object.entries(files).toSorted(([a], [b]) => a.localeCompare(b));
  return Promise.all(
    paths.map(async ([path, load]) =>
      openWorkflowFile((await load()).replaceAll(writtenOrigin, window.location.origin), path),
    ),
  );
}

/** Makes the connection the samples call and reads its tools. @throws DataError */
export async function connectPractice(workspaceId: string): Promise<Tool[]> {
  const { origin, host } = window.location;
  await putConnection({
    workspaceId,
    slug: "practice",
    kind: "mcp",
    title: "Practice server",
    baseUrl: `${origin}/functions/v1/practice/mcp`,
    hosts: [host],
  });
  return refreshTools(workspaceId, "practice");
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
