// `runboard runs retry`: one run again, or with --preview only what that would do.
import type { Command } from "commander";
import { z } from "zod";
import { callFunction, callVerb, connectSignedIn, type Api } from "../api.ts";
import { CliError } from "../cli-error.ts";
import { show } from "../output.ts";
import { readInput } from "../read-input.ts";
import { previewLines, RetryPreview } from "../retry-text.ts";
import { readRun } from "../runs-read.ts";
import { withSharedOptions, type SharedOptions } from "./program.ts";
import { watchAndReport } from "./run.ts";

interface RetryOptions extends SharedOptions {
  mode: string;
  step?: string;
  input?: string;
  version?: string;
  decide: string[];
  preview: boolean;
  watch: boolean;
}

/** The number of a version that holds the draft as it is now; it is listed nowhere. */
async function storeDraft(api: Api, workflowId: string): Promise<string> {
  const stored = z
    .looseObject({ version: z.int() })
    .parse(await callFunction(api, "publish", { workflowId, channel: "test" }));
  return String(stored.version);
}

function readDecisions(decide: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    decide.map((text) => {
      const [step = "", decision] = text.split("=");
      if (decision !== "do_it_again" && decision !== "treat_as_done")
        throw new CliError(
          "usage",
          `"${text}" is no decision.`,
          "Write --decide <step>=do_it_again or --decide <step>=treat_as_done.",
        );
      return [step, decision];
    }),
  );
}

async function retry(runId: string, options: RetryOptions): Promise<void> {
  const decisions = readDecisions(options.decide);
  const input = options.input === undefined ? null : readInput(options.input);
  const api = await connectSignedIn(options.url);
  const run = await readRun(api, runId);
  const version =
    options.version === "draft" ? await storeDraft(api, run.workflow_id) : (options.version ?? null);
  const asked = { run: runId, mode: options.mode, step: options.step ?? null, version, decisions };
  if (options.preview) {
    const preview = RetryPreview.parse(await callVerb(api, "retry_preview", asked));
    return show(options, preview, previewLines(preview));
  }
  const answer = z
    .looseObject({ run_id: z.string() })
    .parse(await callVerb(api, "retry_run", { ...asked, input }));
  if (options.watch) return watchAndReport(api, answer.run_id, options);
  show(options, answer, [`Retrying as ${answer.run_id}.`]);
}

export function addRetry(runs: Command): void {
  withSharedOptions(
    runs.command("retry <run>").description("retry a run: by default it resumes where it failed"),
  )
    .option("--mode <mode>", "resume, from_step or restart", "resume")
    .option("--step <key>", "the step, with --mode from_step")
    .option("--input <json>", "with restart the run's input, with from_step the step's; JSON or @file.json")
    .option("--version <version>", "another version: a number, live or draft")
    .option(
      "--decide <step=decision>",
      "do_it_again or treat_as_done, for a step whose effect must not happen twice; may be repeated",
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .option("--preview", "only say what would run again, be reused, and repeat outside", false)
    .option("--watch", "follow it to its end", false)
    .action(retry);
}
