import type postgres from "postgres";
import { JsonObject } from "../../src/core/json.ts";
import { executeAhead } from "../../edge-functions/_shared/run-ahead.ts";
import { ClaimedStep, ReportAnswer, StepReport, shareRows } from "../../src/core/worker.ts";
import { WorkerDied } from "./disturb.ts";
import type { Outcome, Scenario } from "./scenario.ts";

/** Where a worker dies, once per step instance; `never` is the ordinary play. */
export const workerPoints = ["after claim", "after start marker", "after effect", "after report"] as const;
/** One of these, one of `statementPoints`, or `never`. */
export type CrashPoint = string;

export const instanceOf = (step: { stepKey: string; itemPath: readonly number[] }): string =>
  step.stepKey + (step.itemPath.length > 0 ? `[${step.itemPath.join(",")}]` : "");

/** Executes by script instead of by node: what a step answers stands in the scenario. Speaks claim and report as any worker does. */
export class ScriptedWorker {
  /** Its own: what scenarios before it left is not held beside what this one holds. */
  readonly #name = `scripted ${crypto.randomUUID()}`;
  readonly scopes = new Map<string, JsonObject>();
  /** Outputs that came back to be checked, by instance. */
  readonly kept = new Map<string, { output: unknown; checks: unknown }>();
  /** Effects of at_most_once steps, by instance. */
  readonly effects = new Map<string, number>();
  readonly #sql: postgres.Sql;
  readonly #outcomes: Record<string, readonly Outcome[]>;
  readonly #crashPoint: CrashPoint;
  readonly #ahead: boolean;
  #said = new Map<string, number>();
  readonly #died = new Set<string>();
  readonly #late = new Map<string, JsonObject>();
  held: ClaimedStep[] = [];

  /** @param ahead whether it goes on with pure steps ahead of the record, as the real one does */
  constructor(sql: postgres.Sql, spec: Scenario, crashPoint: CrashPoint, ahead = false) {
    this.#sql = sql;
    this.#ahead = ahead;
    this.#outcomes = spec.outcomes ?? {};
    this.#crashPoint = crashPoint;
  }

  /** Takes due steps; false when there are none. */
  async claim(): Promise<boolean> {
    const [row] = await this.#sql<
      { claimed: unknown }[]
    >`select engine.claim_steps(${this.#name}, 10, 15000) as claimed`;
    this.#hold(shareRows(ClaimedStep.array().parse(row?.claimed)));
    return this.held.length > 0;
  }

  /** Reports everything held, except what the script or the crash point makes it die on, and holds what the answer brings. */
  async reportAll(): Promise<void> {
    const said = new Map(this.#said);
    try {
      await this.#reportHeld();
    } catch (error) {
      // What the engine has not heard is said again by the next attempt.
      if (error instanceof WorkerDied && !(error.call === "report_steps" && error.counted)) this.#said = said;
      throw error;
    }
  }

  async #reportHeld(): Promise<void> {
    const steps = this.held;
    this.held = [];
    const reports: JsonObject[] = [];
    for (const step of steps) {
      const late = this.#late.get(instanceOf(step));
      if (late) {
        this.#late.delete(instanceOf(step));
        await this.#report([late]);
      }
      const report = this.#ahead ? await this.#executeAhead(step) : await this.#execute(step);
      if (report) reports.push(report);
    }
    if (reports.length === 0) return;
    const answer = await this.#report(reports);
    this.#hold(
      this.#crashPoint === "after report"
        ? answer.claimed.filter((step) => !this.#dies(step))
        : answer.claimed,
    );
  }

  #hold(steps: ClaimedStep[]): void {
    for (const step of steps) {
      this.scopes.set(instanceOf(step), step.scope);
      if (step.keptOutput !== undefined && step.keptOutput !== null)
        this.kept.set(instanceOf(step), { output: step.keptOutput, checks: step.keptChecks });
    }
    this.held.push(...steps);
  }

  async #execute(step: ClaimedStep): Promise<JsonObject | undefined> {
    if (this.#crashPoint === "after claim" && this.#dies(step)) return undefined;
    const works = step.keptOutput === undefined || step.keptOutput === null;
    if (works && step.effect === "at_most_once") await this.#markStarted(step);
    if (this.#crashPoint === "after start marker" && this.#dies(step)) return undefined;
    if (works && step.effect === "at_most_once")
      this.effects.set(instanceOf(step), (this.effects.get(instanceOf(step)) ?? 0) + 1);
    if (this.#crashPoint === "after effect" && this.#dies(step)) return undefined;
    const outcome = this.#next(step);
    const { runId, stepKey, itemPath, attempt } = step;
    const report = { runId, stepKey, itemPath, attempt, ...reportOf(outcome) };
    if (outcome.kind === "crashes") return undefined;
    if (outcome.kind === "reports late") {
      this.#late.set(instanceOf(step), report);
      return undefined;
    }
    if (outcome.kind === "reports twice") await this.#report([report, report]);
    return report;
  }

  async #executeAhead(claimed: ClaimedStep): Promise<JsonObject | undefined> {
    const hold = { signal: new AbortController().signal, mayStart: () => true };
    const report = await executeAhead(
      claimed,
      async (step) => {
        const report = step === claimed ? await this.#execute(step) : this.#goOn(step);
        return report && StepReport.parse(report);
      },
      hold,
      async ({ runId, stepKey, itemPath, attempt }, total, ahead) => {
        const [row] = await this.#sql<{ answer: boolean }[]>`
          select engine.record_ahead(${this.#name}, ${runId}, ${stepKey}, ${itemPath}::int[], ${attempt}, ${total},
            ${this.#sql.json(ahead)}) as answer`;
        return row?.answer === true;
      },
      // Each item is a portion, so that small maps come in several.
      { steps: 1, chars: 1_000_000 },
    );
    return report && JsonObject.parse(report);
  }

  /** A step done ahead: what would not simply succeed is left for its claim. */
  #goOn(step: ClaimedStep): JsonObject | undefined {
    const instance = instanceOf(step);
    const outcome = this.#next(step);
    if (outcome.kind !== "succeeds" || outcome.proofs) {
      this.#said.set(instance, (this.#said.get(instance) ?? 1) - 1);
      return undefined;
    }
    this.scopes.set(instance, step.scope);
    const { runId, stepKey, itemPath, attempt } = step;
    return { runId, stepKey, itemPath, attempt, ...reportOf(outcome) };
  }

  async #markStarted(step: ClaimedStep): Promise<void> {
    await this.#sql`select engine.mark_started(${step.runId}, ${step.stepKey}, ${step.itemPath}::int[], ${step.attempt})`;
  }

  async #report(reports: JsonObject[]): Promise<ReportAnswer> {
    const [row] = await this.#sql<{ answer: unknown }[]>`
      select engine.report_steps(${this.#name}, ${this.#sql.json(reports)}, 10, 15000) as answer`;
    const { results, claimed } = ReportAnswer.parse(row?.answer);
    return { results, claimed: shareRows(claimed) };
  }

  #next(step: ClaimedStep): Outcome {
    const instance = instanceOf(step);
    const script = this.#outcomes[instance] ?? this.#outcomes[step.stepKey] ?? [];
    const said = this.#said.get(instance) ?? 0;
    this.#said.set(instance, said + 1);
    return script[Math.min(said, script.length - 1)] ?? { kind: "succeeds", output: {} };
  }

  #dies(step: ClaimedStep): boolean {
    const instance = instanceOf(step);
    if (this.#died.has(instance)) return false;
    this.#died.add(instance);
    return true;
  }
}

function reportOf(outcome: Outcome): JsonObject {
  switch (outcome.kind) {
    case "succeeds":
      return {
        outcome: "succeeded",
        output: outcome.output,
        proofs: [...(outcome.proofs ?? [])],
        ...(outcome.port === undefined ? {} : { port: outcome.port }),
      };
    case "reports late":
    case "reports twice":
      return { outcome: "succeeded", output: outcome.output };
    case "fails":
      return {
        outcome: "failed",
        error: {
          class: outcome.errorClass,
          code: outcome.errorClass,
          message: `It failed: ${outcome.errorClass}.`,
          ...(outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs }),
        },
        ...(outcome.output === undefined ? {} : { output: outcome.output }),
        ...(outcome.fallback === undefined ? {} : { outputIsFallback: outcome.fallback }),
        ...(outcome.checks === undefined ? {} : { checks: outcome.checks }),
        proofs: [...(outcome.proofs ?? [])],
      };
    case "parks":
      return {
        outcome: "parked",
        park: outcome.park,
        ...(outcome.output === undefined ? {} : { output: outcome.output }),
        ...outcome.standing,
        proofs: [...(outcome.proofs ?? [])],
      };
    case "skips":
      return { outcome: "skipped" };
    case "hands over":
      return { outcome: "handed_over", ...outcome.standing };
    case "stops":
      return { outcome: "cancelled" };
    case "crashes":
      return { outcome: "cancelled" };
  }
}
