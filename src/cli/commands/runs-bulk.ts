// `runboard runs bulk retry|cancel|move|show|abort`: one verb on every run that a filter names.
import type { Command } from "commander";
import { z } from "zod";
import { callVerb, connectSignedIn, type Api, type Workspace } from "../api.ts";
import { CliError } from "../cli-error.ts";
import {
  readOperation,
  readRefused,
  watchOperation,
  type OperationRow,
  type OperationRun,
} from "../operations-read.ts";
import { show } from "../output.ts";
import { findWorkflow } from "../workflows-read.ts";
import { openWorkspace, withSharedOptions, type SharedOptions } from "./program.ts";

interface BulkOptions extends SharedOptions {
  workflow?: string;
  lane?: string;
  status?: string;
  errorCode?: string;
  ids?: string;
  from?: string;
  to?: string;
  preview: boolean;
  watch: boolean;
  mode?: string;
  step?: string;
  version?: string;
  canary?: boolean;
}

const list = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);

async function filterOf(
  api: Api,
  workspace: Workspace,
  options: BulkOptions,
): Promise<Record<string, unknown>> {
  const { workflow, lane, status, errorCode, ids, from, to } = options;
  const given = {
    workflow: workflow === undefined ? undefined : (await findWorkflow(api, workspace, workflow)).id,
    lane,
    status: status === undefined ? undefined : list(status),
    error_code: errorCode,
    ids: ids === undefined ? undefined : list(ids),
    from,
    to,
  };
  const filter = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  if (Object.keys(filter).length === 0)
    throw new CliError(
      "usage",
      "Say which runs: a bulk command without a filter is refused.",
      "Filter by --workflow, --lane, --status, --error-code, --ids, --from or --to.",
    );
  return filter;
}

function progressLine({
  verb,
  status,
  reason,
  canary,
  stage,
  total,
  done,
  set_aside,
  failed,
}: OperationRow): string {
  const where = canary !== null && status === "running" ? `, canary stage ${stage} of ${canary.length}` : "";
  return `${verb}: ${status}${where}, ${done} of ${total} done, ${set_aside} set aside, ${failed} refused${reason === null ? "" : `. ${reason}`}`;
}

const refusedLines = (refused: readonly OperationRun[]): string[] =>
  refused.map(({ run_id, status, reason }) => `  ${run_id}  ${status.padEnd(9)}  ${reason ?? ""}`);

async function report(api: Api, operation: OperationRow, options: SharedOptions): Promise<void> {
  const refused = await readRefused(api, operation.id);
  show(options, { operation, refused }, [progressLine(operation), ...refusedLines(refused)]);
}

async function start(verb: string, options: BulkOptions, extra: Record<string, unknown>): Promise<void> {
  const { api, workspace } = await openWorkspace(options);
  const filter = await filterOf(api, workspace, options);
  const chosen = Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== undefined));
  const answer = z.looseObject({ operation_id: z.string().optional(), total: z.number() }).parse(
    await callVerb(api, `bulk_${verb}`, {
      workspace: workspace.id,
      filter,
      options: options.preview ? { ...chosen, preview: true } : chosen,
    }),
  );
  const { operation_id: id, total } = answer;
  if (id === undefined) return show(options, answer, [`${total} runs match.`]);
  if (!options.watch) return show(options, answer, [`Operation ${id} on ${total} runs.`]);
  const ended = await watchOperation(api, id, (operation) => {
    if (!options.json && operation.status === "running") console.log(progressLine(operation));
  });
  await report(api, ended, options);
  // What a person still has to look at is not a success.
  process.exitCode = ended.status === "done" && ended.set_aside + ended.failed === 0 ? 0 : 1;
}

function withFilter(command: Command): Command {
  return withSharedOptions(command)
    .option("--workflow <slug>", "runs of this workflow")
    .option("--lane <name>", "runs in this lane")
    .option("--status <statuses>", "one or more statuses, separated by commas")
    .option("--error-code <code>", "runs that failed with this code")
    .option("--ids <ids>", "these runs, separated by commas")
    .option("--from <time>", "runs made at or after this time, ISO 8601")
    .option("--to <time>", "runs made before this time")
    .option("--preview", "only say how many match", false)
    .option("--watch", "follow it to its end; exit code 1 unless every run was done", false);
}

export function addBulk(runs: Command): void {
  const bulk = runs.command("bulk").description("one verb on every run that a filter names");
  withFilter(bulk.command("retry").description("retry them; those a person must decide about are set aside"))
    .option("--mode <mode>", "resume, from_step or restart")
    .option("--step <key>", "the step, with --mode from_step")
    .option("--version <version>", "another version: a number or live")
    .option("--canary", "one first, then 5 %, then all; stops when one fails the same way again")
    .action((options: BulkOptions) => {
      const { mode, step, version, canary } = options;
      return start("retry", options, { mode, step, version, canary });
    });
  withFilter(bulk.command("cancel").description("cancel them")).action((options: BulkOptions) =>
    start("cancel", options, {}),
  );
  withFilter(bulk.command("move <lane>").description("move them to another lane")).action(
    (lane: string, options: BulkOptions) => start("move", options, { lane }),
  );
  withSharedOptions(
    bulk.command("show <operation>").description("how far it is, and what it set aside"),
  ).action(async (id: string, options: SharedOptions) => {
    const api = await connectSignedIn(options.url);
    await report(api, await readOperation(api, id), options);
  });
  withSharedOptions(
    bulk.command("abort <operation>").description("end it; what it has not come to stays"),
  ).action(async (id: string, options: SharedOptions) => {
    const api = await connectSignedIn(options.url);
    await readOperation(api, id);
    await callVerb(api, "abort_operation", { operation: id });
    await report(api, await readOperation(api, id), options);
  });
}
