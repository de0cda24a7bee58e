// `runboard tools list|refresh`: the tools of the workspace's MCP servers.
import type { Command } from "commander";
import { z } from "zod";
import { callFunction } from "../api.ts";
import { show, table } from "../output.ts";
import { readTools } from "../surroundings.ts";
import { openWorkspace, withSharedOptions, type SharedOptions } from "./program.ts";

export function addTools(program: Command): void {
  const tools = program.command("tools").description("tools of MCP servers");
  withSharedOptions(tools.command("list").description("the tools known in the workspace")).action(
    async (options: SharedOptions) => {
      const { api, workspace } = await openWorkspace(options);
      const known = await readTools(api, workspace);
      show(
        options,
        known,
        table(
          ["CONNECTION", "TOOL", "EFFECT", "STATUS", "TITLE"],
          known.map((tool) => [tool.connection, tool.name, tool.effect, tool.status, tool.title]),
        ),
      );
    },
  );
  withSharedOptions(
    tools.command("refresh <connection>").description("ask an MCP server for its tools again"),
  ).action(async (connection: string, options: SharedOptions) => {
    const { api, workspace } = await openWorkspace(options);
    const found = z
      .array(z.looseObject({ name: z.string() }))
      .parse(await callFunction(api, "tools", { workspaceId: workspace.id, connection }));
    show(options, found, [
      `${connection} offers ${found.length} tools: ${found.map((tool) => tool.name).join(", ")}.`,
    ]);
  });
}
