// `runboard triggers list|on|off`.
import type { Command } from "commander";
import { z } from "zod";
import { callVerb, type Api, type Workspace } from "../api.ts";
import { CliError, serverError } from "../cli-error.ts";
import { show, table } from "../output.ts";
import { openWorkspace, withSharedOptions, type SharedOptions } from "./program.ts";

const TriggerRow = z.object({
  id: z.string(),
  key: z.string(),
  kind: z.string(),
  config: z.record(z.string(), z.unknown()),
  enabled: z.boolean(),
  next_at: z.string().nullable(),
  workflows: z.object({ slug: z.string() }),
  hook_paths: z.object({ path: z.string() }).nullable(),
});
type TriggerRow = z.infer<typeof TriggerRow>;

async function readTriggers(api: Api, workspace: Workspace): Promise<TriggerRow[]> {
  const { data, error } = await api.client
    .from("triggers")
    .select("id, key, kind, config, enabled, next_at, workflows!inner(slug), hook_paths(path)")
    .eq("workspace_id", workspace.id)
    .eq("live", true)
    .order("key");
  if (error !== null) throw serverError(error);
  return z.array(TriggerRow).parse(data);
}

function facts(api: Api, row: TriggerRow) {
  const { key, kind, config, enabled, next_at: nextAt, workflows, hook_paths: hook } = row;
  return {
    workflow: workflows.slug,
    key,
    kind: kind.replace(/^trigger-/, ""),
    enabled,
    ...(hook === null ? {} : { url: `${api.url}/functions/v1/hooks/${hook.path}` }),
    ...(nextAt === null ? {} : { nextAt }),
    ...(kind === "trigger-schedule" ? { cron: config["cron"], timezone: config["timezone"] } : {}),
    ...(kind === "trigger-workflow" ? { after: config["workflow"], on: config["on"] } : {}),
  };
}

function addList(triggers: Command): void {
  withSharedOptions(
    triggers
      .command("list [workflow]")
      .description("what starts workflows: addresses of webhooks, next times of schedules"),
  ).action(async (workflow: string | undefined, options: SharedOptions) => {
    const { api, workspace } = await openWorkspace(options);
    const rows = (await readTriggers(api, workspace))
      .map((row) => facts(api, row))
      .filter((row) => workflow === undefined || row.workflow === workflow)
      .sort((a, b) => (a.workflow < b.workflow ? -1 : a.workflow > b.workflow ? 1 : 0));
    show(
      options,
      rows,
      table(
        ["WORKFLOW", "TRIGGER", "KIND", "ON", "NEXT, ADDRESS OR SOURCE"],
        rows.map((row) => [
          row.workflow,
          row.key,
          row.kind,
          row.enabled ? "yes" : "no",
          row.nextAt ?? row.url ?? String(row.after ?? "–"),
        ]),
      ),
    );
  });
}

function addSwitch(triggers: Command, verb: "on" | "off"): void {
  withSharedOptions(
    triggers
      .command(`${verb} <workflow> <trigger>`)
      .description(`switch a trigger of the live version ${verb}`),
  ).action(async (workflow: string, key: string, options: SharedOptions) => {
    const { api, workspace } = await openWorkspace(options);
    const all = await readTriggers(api, workspace);
    const found = all.find((row) => row.workflows.slug === workflow && row.key === key);
    if (!found)
      throw new CliError(
        "not_found",
        `The live version of ${workflow} has no trigger ${key}.`,
        "runboard triggers list names them.",
      );
    await callVerb(api, "set_trigger", { trigger: found.id, patch: { enabled: verb === "on" } });
    show(options, { workflow, trigger: key, enabled: verb === "on" }, [`${workflow} ${key} is ${verb}.`]);
  });
}

export function addTriggers(program: Command): void {
  const triggers = program.command("triggers").description("what starts workflows without a person");
  addList(triggers);
  addSwitch(triggers, "on");
  addSwitch(triggers, "off");
}
