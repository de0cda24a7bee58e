// `can.mcp`: calls one tool, if it still is the tool that was chosen.
import type { McpCall, McpResult } from "../../../src/core/capabilities.ts";
import { StepError } from "../../../src/core/failure.ts";
import type { Json } from "../../../src/core/json.ts";
import type { ToolRef } from "../../../src/core/tool.ts";
import { asJson, withMcp, type McpSession } from "../mcp-client.ts";
import type { Outside } from "./outside.ts";

/**
 * @param call position among the step's tool calls, from 1: names the idempotency key, sent in `_meta`
 * @throws StepError `policy`/`tool_missing`|`tool_changed` before anything is called, `permanent`/`tool_error` when the tool
 *   itself says it failed, and the connection's failures
 */
export async function callTool(
  { tool, arguments: given }: McpCall,
  call: number,
  outside: Outside,
): Promise<McpResult> {
  const { signal, timeoutMs } = outside;
  const connection = await outside.connection(tool.connection);
  const host = URL.parse(connection.baseUrl ?? "")?.host ?? tool.connection;
  const key = outside.idempotencyKey(call);
  await outside.reach(host, connection);
  await outside.afford({ calls: 1 });
  return await outside.log.run({ kind: "mcp", host, idempotencyKey: key, tool }, async (notes) => {
    return await withMcp(connection, outside.egress, signal, timeoutMs, async (session) => {
      await requirePinned(session, tool);
      await outside.mayStart(true);
      const params = { name: tool.name, arguments: given, _meta: { "runboard/idempotency-key": key } };
      const answer = await session.client.callTool(params, undefined, {
        signal,
        timeout: timeoutMs,
        maxTotalTimeout: timeoutMs,
      });
      const content = Array.isArray(answer.content) ? answer.content.map((block): Json => asJson(block)) : [];
      notes.status = answer.isError === true ? "error" : "ok";
      if (answer.isError === true) throw toolError(tool, textOf(content));
      const structured = answer.structuredContent;
      return {
        result:
          typeof structured === "object" && structured !== null ? asJson(structured) : plainResult(content),
        content,
      };
    });
  });
}

async function requirePinned(session: McpSession, tool: ToolRef): Promise<void> {
  const offered = (await session.tools()).find(({ name }) => name === tool.name);
  if (!offered) {
    throw new StepError(
      "policy",
      "tool_missing",
      `The server behind "${tool.connection}" no longer offers the tool "${tool.name}".`,
      {
        hint: "Refresh the connection's tools and choose another one.",
      },
    );
  }
  if (offered.schemaHash !== tool.schemaHash) {
    throw new StepError(
      "policy",
      "tool_changed",
      `The tool "${tool.name}" is not the one that was chosen: its description or schema has changed. It was not called.`,
      {
        hint: "Refresh the connection's tools, read the difference, and publish the workflow again.",
        detail: { pinned: tool.schemaHash, offered: offered.schemaHash },
      },
    );
  }
}

function plainResult(content: Json[]): Json {
  const text = textOf(content);
  return text === "" ? null : text;
}

function textOf(content: Json[]): string {
  return content
    .flatMap((block) => {
      if (block === null || typeof block !== "object" || Array.isArray(block)) return [];
      return block.type === "text" && typeof block.text === "string" ? [block.text] : [];
    })
    .join("\n");
}

function toolError(tool: ToolRef, said: string): StepError {
  return new StepError(
    "permanent",
    "tool_error",
    `The tool "${tool.name}" reported an error${said === "" ? "." : `: ${said}`}`,
    {
      ...(said === "" ? {} : { snippet: said }),
      hint: "Check the inputs of this node.",
    },
  );
}
