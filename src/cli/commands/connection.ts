// `runboard connection put|list`: where steps may go, and with which credential.
import type { Command } from "commander";
import { z } from "zod";
import { callFunction } from "../api.ts";
import { CliError, serverError } from "../cli-error.ts";
import { secretFromEnvironment } from "../config.ts";
import { show, table } from "../output.ts";
import { openWorkspace, withSharedOptions, type SharedOptions } from "./program.ts";

const kinds = ["http", "mcp", "anthropic", "openai", "openai-compatible"];
const Row = z.looseObject({
  slug: z.string(),
  kind: z.string(),
  title: z.string(),
  base_url: z.string().nullish(),
  has_secret: z.boolean(),
});

interface PutOptions extends SharedOptions {
  kind: string;
  title?: string;
  baseUrl?: string;
  host: string[];
}

export function addConnection(program: Command): void {
  const connection = program.command("connection").description("connections to servers and providers");
  withSharedOptions(
    connection
      .command("put <slug>")
      .description("make or change a connection; the secret comes from RUNBOARD_SECRET"),
  )
    .requiredOption("--kind <kind>", kinds.join(", "))
    .option("--title <title>", "how people see it")
    .option("--base-url <url>", "address of the server")
    .option("--host <host...>", "hosts the credential may be sent to", [])
    .action(async (slug: string, options: PutOptions) => {
      if (!kinds.includes(options.kind))
        throw new CliError(
          "usage",
          `"${options.kind}" is not a kind of connection.`,
          `Use one of ${kinds.join(", ")}.`,
        );
      const { api, workspace } = await openWorkspace(options);
      const made = await callFunction(api, "connections", {
        workspaceId: workspace.id,
        slug,
        kind: options.kind,
        title: options.title ?? slug,
        baseUrl: options.baseUrl,
        hosts: options.host,
        secret: secretFromEnvironment,
      });
      show(options, made, [`Saved the connection ${slug}.`]);
    });
  withSharedOptions(connection.command("list").description("the connections of the workspace")).action(
    async (options: SharedOptions) => {
      const { api, workspace } = await openWorkspace(options);
      const { data, error } = await api.client
        .from("connections")
        .select("slug, kind, title, base_url, has_secret")
        .eq("workspace_id", workspace.id)
        .order("slug");
      if (error !== null) throw serverError(error);
      const rows = z.array(Row).parse(data);
      show(
        options,
        rows,
        table(
          ["SLUG", "KIND", "SECRET", "ADDRESS"],
          rows.map((row) => [row.slug, row.kind, row.has_secret ? "set" : "–", row.base_url ?? ""]),
        ),
      );
    },
  );
}
