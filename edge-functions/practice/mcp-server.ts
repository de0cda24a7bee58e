// A small MCP server with made-up data, for learning and for samples.
// @ts-types="@modelcontextprotocol/sdk/server/mcp"
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
// @ts-types="@modelcontextprotocol/sdk/server/webStandardStreamableHttp"
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { CfWorkerJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/cfworker";
import { z } from "zod";

const reads = { readOnlyHint: true, openWorldHint: false };

/** Invented, not forecasts. */
const weather: Record<string, { celsius: number; sky: string }> = {
  berlin: { celsius: 14, sky: "cloudy" },
  lisbon: { celsius: 23, sky: "sunny" },
  nairobi: { celsius: 21, sky: "showers" },
  oslo: { celsius: 6, sky: "rain" },
};

const inventory = [
  { sku: "apple", stock: 120 },
  { sku: "bread", stock: 8 },
  { sku: "cheese", stock: 0 },
];

/** Each request gets a server of its own: nothing is kept between calls. */
export async function answerMcp(request: Request): Promise<Response> {
  const server = createServer();
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  return await transport.handleRequest(request);
}

function createServer(): McpServer {
  const server = new McpServer(
    { name: "runboard-practice", version: "1.0.0" },
    { jsonSchemaValidator: new CfWorkerJsonSchemaValidator() },
  );
  const text = (value: unknown) => [{ type: "text" as const, text: JSON.stringify(value) }];
  server.registerTool(
    "add",
    {
      title: "Add",
      description: "Adds two numbers.",
      inputSchema: { a: z.number(), b: z.number() },
      outputSchema: { sum: z.number() },
      annotations: reads,
    },
    ({ a, b }) => ({ structuredContent: { sum: a + b }, content: text({ sum: a + b }) }),
  );
  server.registerTool(
    "echo",
    {
      title: "Echo",
      description: "Returns the message it was given.",
      inputSchema: { message: z.string() },
      outputSchema: { message: z.string() },
      annotations: reads,
    },
    ({ message }) => ({ structuredContent: { message }, content: text({ message }) }),
  );
  server.registerTool(
    "weather",
    {
      title: "Practice weather",
      description: "Looks up the weather of a city in a fixed practice table. The numbers are invented.",
      inputSchema: { city: z.string() },
      outputSchema: { city: z.string(), celsius: z.number(), sky: z.string(), practice: z.literal(true) },
      annotations: reads,
    },
    ({ city }) => {
      const found = weather[city.trim().toLowerCase()];
      if (!found) {
        const known = Object.keys(weather).join(", ");
        return {
          isError: true,
          content: [{ type: "text", text: `The practice table has no "${city}". It knows: ${known}.` }],
        };
      }
      const result = { city, ...found, practice: true as const };
      return { structuredContent: result, content: text(result) };
    },
  );
  server.registerTool(
    "list_items",
    {
      title: "List items",
      description: "Lists the items of a practice shop, optionally only those with at least this stock.",
      inputSchema: { minimum_stock: z.int().min(0).optional() },
      outputSchema: { items: z.array(z.object({ sku: z.string(), stock: z.int() })) },
      annotations: reads,
    },
    ({ minimum_stock = 0 }) => {
      const items = inventory.filter(({ stock }) => stock >= minimum_stock);
      return { structuredContent: { items }, content: text({ items }) };
    },
  );
  return server;
}
