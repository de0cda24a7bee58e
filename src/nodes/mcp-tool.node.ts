import { z } from "zod";
import { defineNode, type Surroundings } from "../core/node.ts";
import { objectPorts } from "../core/object-ports.ts";
import { ToolRef } from "../core/tool.ts";

function toolOf(ref: ToolRef, around: Surroundings) {
  return around.tools.find((tool) => tool.connection === ref.connection && tool.name === ref.name);
}

export default defineNode({
  kind: "mcp-tool",
  title: "MCP tool",
  summary:
    "Calls one tool of a Model Context Protocol server, pinned to the schema it had when it was chosen.",
  icon: "plug",
  category: "tool",
  config: z.strictObject({ tool: ToolRef }),
  inputs: {},
  outputs: { result: z.json(), content: z.array(z.json()) },
  form: {
    tool: {
      label: "Tool",
      widget: "tool",
      help: "The tool's schema is pinned. If the server changes it, the step stops until somebody looks at the difference.",
    },
  },
  effect: ({ tool }, around) => toolOf(tool, around)?.effect ?? "at_most_once",
  timeoutMs: 60_000,
  ports: ({ tool }, fixed, around) => {
    const known = toolOf(tool, around);
    if (known === undefined) return fixed;
    return {
      inputs: objectPorts(known.inputSchema),
      outputs: {
        result: { required: true, schema: { ...known.outputSchema, "x-labels": ["untrusted"] } },
        content: { required: true, schema: { type: "array", items: {}, "x-labels": ["untrusted"] } },
      },
      routes: [],
    };
  },
  fact: ({ tool }) => `${tool.connection} · ${tool.name}`,
  connections: ({ tool }) => [tool.connection],
  tools: ({ tool }) => [tool],
  sample: {
    config: { tool: { connection: "practice", name: "add", schemaHash: "0".repeat(64) } },
    inputs: { a: 1, b: 2 },
  },
  async run({ config, given, can }) {
    const { result, content } = await can.mcp({ tool: config.tool, arguments: given });
    return { result, content };
  },
});
