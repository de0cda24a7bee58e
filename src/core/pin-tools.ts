// Fills in the tool hashes a workflow file leaves open, from the tools that are here now.
import type { CanvasDoc } from "./canvas.ts";
import type { JsonObject } from "./json.ts";
import { ToolRef, type Tool } from "./tool.ts";

/** Stands in a workflow file for "whatever this tool's schema is where the file is imported". */
export const unpinned = "0".repeat(64);

function pin(config: JsonObject, tools: readonly Tool[]): JsonObject {
  const ref = ToolRef.safeParse(config.tool);
  if (!ref.success || ref.data.schemaHash !== unpinned) return config;
  const tool = tools.find((one) => one.connection === ref.data.connection && one.name === ref.data.name);
  return tool === undefined ? config : { ...config, tool: { ...ref.data, schemaHash: tool.schemaHash } };
}

/**
 * @param doc   a document whose tool nodes may be unpinned
 * @param tools the tools of the workspace it is imported into
 * @returns     the same document where nothing was open; unknown tools stay unpinned, and the compiler reports them
 */
export function pinTools(doc: CanvasDoc, tools: readonly Tool[]): CanvasDoc {
  return { ...doc, nodes: doc.nodes.map((node) => ({ ...node, config: pin(node.config, tools) })) };
}
