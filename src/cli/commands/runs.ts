// `runboard runs list|show|watch|retry|pause|resume|cancel|bulk|signal`.
import type { Command } from "commander";
import { z } from "zod";
import { callVerb, connectSignedIn } from "../api.ts";
import { CliError } from "../cli-error.ts";
import { show, table } from "../output.ts";
import { readPayload as readSignalPayload } from "../read-input.ts";
import { runLines } from "../run-text.ts";
import { rowsOfRun } from "../rows-of-run.ts";
import { listRuns, readPayload, readRun } from "../runs-read.ts";
import { openWorkspace, withSharedOptions, type SharedOptions } from "./program.ts";
import { watchAndReport } from "./run.ts";
import { addBulk } from "./runs-bulk.ts";
import { addRetry } from "./runs-retry.ts";

const StepRow = z.looseObject({
  step_key: z.string(),
  status: z.string(),
  attempt: z.number(),
  error: z.looseObject({ message: z.string() }).nullish(),
});

const stepColumns =
  "step_key, item_path, title, status, attempt, waiting_for, error, started_at, finished_at";

function addList(runs: Command): void {
  withSharedOptions(runs.command("list").description("the latest runs of the workspace"))
    .option("--status <status>", "queued, running, waiting, succeeded, failed or cancelled")
    .option("--limit <n>", "how many", "20")
    .action(async (options: SharedOptions & { status?: string; limit: string }) => {
      const limit = z.coerce.number().int().min(1).max(1_000).safeParse(options.limit);
      if (!limit.success)
        throw new CliError(
          "usage",
          `"${options.limit}" is not a number from 1 to 1000.`,
          "Write --limit 50.",
        );
      const { api, workspace } = await openWorkspace(options);
      const rows = await listRuns(api, workspace, options.status, limit.data);
      show(
        options,
        rows,
        table(
          ["ID", "STATUS", "LANE", "STARTED", "TITLE"],
          rows.map((row) => [
            row.id,
            row.status,
            row.lane,
            row.created_at.slice(0, 19).replace("T", " "),
            row.title,
          ]),
        ),
      );
    });
}

function addShow(runs: Command): void {
  withSharedOptions(runs.command("show <run>").description("one run with its steps")).action(
    async (runId: string, options: SharedOptions) => {
      const api = await connectSignedIn(options.url);
      const run = await readRun(api, runId);
      const steps = z
        .array(StepRow)
        .parse(await rowsOfRun(api.client, "steps", stepColumns, runId, ["rank", "step_key", "item_path"]));
      const payload = await readPayload(api, runId);
      show(options, { run: { ...run, ...payload }, steps }, [
        ...runLines(run),
        ...table(
          ["STEP", "STATUS", "ATTEMPT", "ERROR"],
          steps.map((step) => [step.step_key, step.status, String(step.attempt), step.error?.message ?? ""]),
        ),
      ]);
    },
  );
}

function addSignal(runs: Command): void {
  withSharedOptions(
    runs
      .command("signal <run> <name>")
      .description("send a run the signal one of its steps waits for; one that comes early is kept"),
  )
    .option("--payload <json>", "what the signal brings, as JSON or @file.json", "null")
    .action(async (runId: string, name: string, options: SharedOptions & { payload: string }) => {
      const payload = readSignalPayload(options.payload);
      const api = await connectSignedIn(options.url);
      await readRun(api, runId);
      const answer = z
        .looseObject({ signal: z.enum(["taken", "kept"]), step: z.string().optional() })
        .parse(await callVerb(api, "send_signal", { run: runId, name, payload }));
      show(options, answer, [
        answer.signal === "taken"
          ? `${name} was taken by ${answer.step ?? "a step"}.`
          : `${name} is kept until a step asks for it.`,
      ]);
    });
}

export function addRuns(program: Command): void {
  const runs = program.command("runs").description("runs");
  addList(runs);
  addShow(runs);
  withSharedOptions(
    runs.command("watch <run>").description("follow a run to its end; exit code 1 if it does not succeed"),
  ).action(async (runId: string, options: SharedOptions) => {
    const api = await connectSignedIn(options.url);
    await readRun(api, runId);
    await watchAndReport(api, runId, options);
  });
  addRetry(runs);
  addSignal(runs);
  addBulk(runs);
  addVerb(runs, "pause", "pause a run: what is under way ends, nothing else starts", "Pausing");
  addVerb(runs, "resume", "let a paused run go on", "Going on with");
  addVerb(runs, "cancel", "cancel a run; what has finished is kept", "Cancelling");
}

/** A verb that takes a run and nothing else. */
function addVerb(runs: Command, verb: "pause" | "resume" | "cancel", what: string, doing: string): void {
  withSharedOptions(runs.command(`${verb} <run>`).description(what)).action(
    async (runId: string, options: SharedOptions) => {
      const api = await connectSignedIn(options.url);
      await readRun(api, runId);
      const answer = await callVerb(api, `${verb}_run`, { run: runId });
      show(options, answer, [`${doing} ${runId}.`]);
    },
  );
}
