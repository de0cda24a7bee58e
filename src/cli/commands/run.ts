// `runboard run <workflow>`: starts a run and, with --watch, follows it to its end.
import type { Command } from "commander";
import { z } from "zod";
import { callVerb } from "../api.ts";
import { CliError } from "../cli-error.ts";
import { show } from "../output.ts";
import { readInput } from "../read-input.ts";
import { eventLine, runLines } from "../run-text.ts";
import { readPayload, readRun, type RunRow } from "../runs-read.ts";
import { watchRun } from "../watch-run.ts";
import { findWorkflow } from "../workflows-read.ts";
import { openWorkspace, withSharedOptions, type SharedOptions } from "./program.ts";
import type { Api } from "../api.ts";

interface RunOptions extends SharedOptions {
  input?: string;
  watch: boolean;
  lane?: string;
  idempotencyKey?: string;
}

/** Follows the run, prints its events and its end, and sets the exit code: 0 only for a run that succeeded. */
export async function watchAndReport(api: Api, runId: string, options: SharedOptions): Promise<void> {
  const run = await watchRun(api, runId, (event) =>
    console.log(options.json ? JSON.stringify({ event }) : eventLine(event)),
  );
  const payload = await readPayload(api, runId);
  console.log(
    options.json
      ? JSON.stringify({ run: { ...run, output: payload?.output ?? null } })
      : runLines(run).join("\n"),
  );
  if (run.status === "succeeded" && !options.json && payload?.output != null)
    console.log(JSON.stringify(payload.output, null, 2));
  process.exitCode = run.status === "succeeded" ? 0 : 1;
}

export function addRun(program: Command): void {
  withSharedOptions(program.command("run <workflow>").description("start a run of the live version"))
    .option("--input <json>", "the input as JSON, or @file.json")
    .option("--watch", "follow it to its end; exit code 1 if it does not succeed", false)
    .option("--lane <name>", "lane to run in")
    .option("--idempotency-key <key>", "the same key and input return the first run")
    .action(async (slug: string, options: RunOptions) => {
      const input = readInput(options.input);
      const { api, workspace } = await openWorkspace(options);
      const workflow = await findWorkflow(api, workspace, slug);
      if (workflow.live_version === null)
        throw new CliError(
          "not_published",
          `${slug} has no live version yet.`,
          `Publish it with \`runboard workflow publish ${slug}\`.`,
        );
      const { run_id } = z.looseObject({ run_id: z.string() }).parse(
        await callVerb(api, "start_run", {
          workflow: workflow.id,
          input,
          options: {
            trigger_kind: "cli",
            ...(options.lane === undefined ? {} : { lane: options.lane }),
            ...(options.idempotencyKey === undefined ? {} : { idempotency_key: options.idempotencyKey }),
          },
        }),
      );
      if (options.watch) return watchAndReport(api, run_id, options);
      const run: RunRow = await readRun(api, run_id);
      show(options, { run }, runLines(run));
    });
}
