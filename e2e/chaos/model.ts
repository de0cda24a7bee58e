// The reference model: what one run may do, as a pure function. It never ships; the SQL is checked against it. It knows nothing of rows,
// locks or clocks: time is one event in which every lease lapses and every retry comes due.
import type {
  ModelPlan,
  StepStatus,
  RunStatus,
  StepState,
  RunState,
  Outcome,
  ModelEvent,
  Moved,
} from "./model-types.ts";

const fresh: StepState = {
  status: "pending",
  attempt: 0,
  tries: 0,
  crashes: 0,
  wait: null,
  marked: false,
  everMarked: false,
  failure: null,
  due: false,
  unknown: false,
};
const ended: ReadonlySet<string> = new Set(["succeeded", "failed", "skipped", "cancelled"]);

export const isEnded = (status: string): boolean => ended.has(status);

export function startModel(plan: ModelPlan): RunState {
  const steps = plan.map(
    (step) => ({ ...fresh, status: step.deps.length === 0 ? "ready" : "pending" }) as const,
  );
  return { status: "queued", failing: false, cancelling: false, overdue: false, admitted: false, steps };
}

/** The only thing it exports that moves: what an event makes of a run. Impossible events change nothing. */
export function move(plan: ModelPlan, state: RunState, event: ModelEvent): Moved {
  const run = new Run(plan, state);
  const answer = run.take(event);
  return { state: run.state(), answer };
}

class Run {
  readonly #plan: ModelPlan;
  readonly #steps: StepState[];
  #status: RunStatus;
  #failing: boolean;
  #cancelling: boolean;
  #overdue: boolean;
  #admitted: boolean;

  constructor(plan: ModelPlan, state: RunState) {
    this.#plan = plan;
    this.#steps = [...state.steps];
    this.#status = state.status;
    this.#failing = state.failing;
    this.#cancelling = state.cancelling;
    this.#overdue = state.overdue;
    this.#admitted = state.admitted;
  }

  state(): RunState {
    return {
      status: this.#status,
      failing: this.#failing,
      cancelling: this.#cancelling,
      overdue: this.#overdue,
      admitted: this.#admitted,
      steps: this.#steps,
    };
  }

  get #ending(): boolean {
    return this.#failing || this.#cancelling;
  }

  take(event: ModelEvent): Moved["answer"] {
    switch (event.do) {
      case "claim":
        return this.#claim(event.granted);
      case "heartbeat":
        return this.#isHeld(event.step, event.attempt) && this.#set(event.step, { due: false });
      case "mark": {
        const step = this.#at(event.step);
        const may = this.#isHeld(event.step, event.attempt) && !this.#cancelling && !step.due && !step.marked;
        return may && this.#set(event.step, { marked: true, everMarked: true });
      }
      case "report":
        return this.#report(event.step, event.attempt, event.outcome);
      case "cancel":
        if (isEnded(this.#status) || this.#cancelling) return undefined;
        this.#cancelling = true;
        this.#cancelAll(false);
        this.#settle();
        return undefined;
      case "resume":
        return this.#resume(event.decided === true);
      case "decide":
        return this.#decide(event.step, event.verdict);
      case "time passes":
        this.#overdue = this.#cancelling;
        this.#steps.forEach((step, at) => {
          if (step.status === "running" || step.wait === "retry") this.#set(at, { due: true });
        });
        return undefined;
      case "sweep":
        if (!this.#overdue || isEnded(this.#status)) return undefined;
        this.#cancelAll(true);
        this.#settle();
        return undefined;
    }
  }

  #at(step: number): StepState {
    return this.#steps[step] ?? fresh;
  }

  #set(step: number, change: Partial<StepState>): true {
    this.#steps[step] = { ...this.#at(step), ...change };
    return true;
  }

  #isHeld(step: number, attempt: number): boolean {
    return this.#at(step).status === "running" && this.#at(step).attempt === attempt;
  }

  #claim(granted: readonly number[] | undefined): readonly number[] {
    if (isEnded(this.#status)) return [];
    const startable = (step: StepState) => step.status === "ready" || (step.wait === "retry" && step.due);
    if (!this.#ending && this.#steps.some(startable)) {
      this.#admitted = true;
      this.#status = "running";
    }
    this.#steps.forEach((step, at) => {
      if (step.status !== "running" || !step.due) return;
      if (this.#ending) this.#cancelOne(at);
      else if (this.#plan[at]?.once === true && step.marked)
        this.#set(at, { status: "waiting", wait: "reconcile", due: false });
      else if (step.crashes >= 2) {
        this.#set(at, { status: "failed", failure: "poison", crashes: step.crashes + 1, due: false });
        this.#followFailure(at);
      }
    });
    this.#settle();
    if (this.#ending) return [];
    const due = this.#steps.flatMap((step, at) =>
      startable(step) || (step.status === "running" && step.due) ? [at] : [],
    );
    const given = granted ?? due;
    for (const at of given) {
      const step = this.#at(at);
      if (!due.includes(at)) continue;
      const again = step.status === "running";
      this.#set(at, {
        status: "running",
        attempt: step.attempt + 1,
        tries: step.tries + (again ? 0 : 1),
        crashes: step.crashes + (again ? 1 : 0),
        wait: null,
        marked: false,
        due: false,
      });
      this.#admitted = true;
      this.#status = "running";
    }
    return due;
  }

  #report(at: number, attempt: number, outcome: Outcome): boolean {
    if (!this.#isHeld(at, attempt)) return false;
    const step = this.#at(at);
    const plan = this.#plan[at];
    const failed = outcome === "transient" || outcome === "timeout" || outcome === "permanent";
    const unclear = failed && plan?.once === true && step.marked && outcome === "timeout";
    const again =
      failed && outcome !== "permanent" && !this.#ending && !unclear && step.tries < (plan?.maxAttempts ?? 1);
    this.#set(at, { failure: failed ? outcome : null });
    if (outcome === "succeeded" || outcome === "skipped") this.#set(at, { status: outcome, due: false });
    else if (again) this.#set(at, { status: "waiting", wait: "retry", due: false });
    else if (unclear && !this.#ending) this.#set(at, { status: "waiting", wait: "reconcile", due: false });
    else if (failed) this.#set(at, { status: "failed", due: false });
    else if (this.#ending) this.#set(at, { status: "cancelled", due: false });
    else if (outcome === "parked") this.#set(at, { status: "waiting", wait: "approval", due: false });
    else this.#set(at, { status: "ready", due: false, tries: step.tries - 1 });
    if (this.#at(at).status === "failed") this.#followFailure(at);
    else if (isEnded(this.#at(at).status)) this.#follow(at);
    this.#settle();
    return true;
  }

  #followFailure(at: number): void {
    if (this.#plan[at]?.onFailure === "fail_run") {
      this.#failing = true;
      this.#cancelAll(false);
    } else this.#follow(at);
  }

  /** Dependents whose fate is decided by what has ended. */
  #follow(at: number): void {
    if (this.#ending) return;
    this.#plan.forEach((dependent, index) => {
      if (!dependent.deps.some((dep) => dep.step === at) || this.#at(index).status !== "pending") return;
      const verdict = this.#verdict(index);
      if (verdict === undefined) return;
      this.#set(index, { status: verdict });
      if (verdict === "skipped") this.#follow(index);
    });
  }

  #verdict(at: number): "ready" | "skipped" | undefined {
    const fates = (this.#plan[at]?.deps ?? []).map(({ step, on }) => {
      const { status } = this.#at(step);
      if (status !== "succeeded" && status !== "failed" && status !== "skipped") return "open";
      if (on === "finished") return status === "skipped" ? "dead" : "met";
      return status === on ? "met" : "dead";
    });
    if (fates.includes("dead")) return "skipped";
    return fates.includes("open") ? undefined : "ready";
  }

  #cancelOne(at: number): void {
    const step = this.#at(at);
    const unknown = (step.status === "running" && step.marked) || step.wait === "reconcile";
    this.#set(at, { status: "cancelled", wait: null, due: false, unknown });
  }

  #cancelAll(runningToo: boolean): void {
    this.#steps.forEach((step, at) => {
      if (!isEnded(step.status) && (runningToo || step.status !== "running")) this.#cancelOne(at);
    });
  }

  #decide(at: number, verdict: "yes" | "no" | "again"): boolean {
    const step = this.#at(at);
    if (step.status !== "waiting" || (step.wait !== "approval" && step.wait !== "reconcile")) return false;
    if (step.wait === "approval" && verdict === "again") return false;
    if (verdict === "again")
      this.#set(at, { status: "ready", wait: null, tries: 0, marked: false, failure: null });
    else if (step.wait === "reconcile" && verdict === "no") {
      this.#set(at, { status: "failed", wait: null, failure: "permanent" });
      this.#followFailure(at);
    } else {
      this.#set(at, { status: "succeeded", wait: null });
      this.#follow(at);
    }
    this.#settle();
    return true;
  }

  /** It may have happened, and running it again might make it happen twice. */
  #isUnclear(at: number): boolean {
    const { status, everMarked, failure } = this.#at(at);
    if (this.#plan[at]?.once !== true || !everMarked) return false;
    return status === "cancelled" || (failure !== null && failure !== "permanent");
  }

  #resume(decided: boolean): boolean {
    if (this.#status !== "failed" && this.#status !== "cancelled") return false;
    const repeated = new Set<number>();
    const add = (at: number): void => {
      if (repeated.has(at)) return;
      repeated.add(at);
      this.#plan.forEach((dependent, index) => {
        const { status } = this.#at(index);
        if ((status === "skipped" || status === "failed") && dependent.deps.some((dep) => dep.step === at))
          add(index);
      });
    };
    this.#steps.forEach((step, at) => {
      if (
        step.status === "cancelled" ||
        (step.status === "failed" && this.#plan[at]?.onFailure === "fail_run")
      )
        add(at);
    });
    // A step whose end nobody knows asks by itself; of the others a person has to speak first.
    if (!decided && [...repeated].some((at) => !this.#at(at).unknown && this.#isUnclear(at))) return false;
    for (const at of repeated) {
      const { attempt, everMarked, status, unknown, tries, crashes } = this.#at(at);
      const held = this.#plan[at]?.deps.some((dep) => repeated.has(dep.step)) === true;
      const again = { ...fresh, attempt, everMarked };
      if (unknown) this.#set(at, { ...again, tries, crashes, status: "waiting", wait: "reconcile" });
      else this.#set(at, { ...again, status: status === "failed" && !held ? "ready" : "pending" });
    }
    this.#status = "queued";
    this.#failing = false;
    this.#cancelling = false;
    this.#overdue = false;
    this.#admitted = false;
    for (const at of [...repeated].toSorted((a, b) => a - b)) {
      if (this.#at(at).status !== "pending") continue;
      const verdict = this.#verdict(at);
      if (verdict === undefined) continue;
      this.#set(at, { status: verdict });
      if (verdict === "skipped") this.#follow(at);
    }
    this.#settle();
    return true;
  }

  /** Folds the steps into the run. */
  #settle(): void {
    if (isEnded(this.#status)) return;
    const count = (status: StepStatus) => this.#steps.filter((step) => step.status === status).length;
    const running = count("running");
    if (this.#ending && running === 0) {
      this.#cancelAll(false);
      this.#end(this.#cancelling ? "cancelled" : "failed");
    } else if (this.#steps.every((step) => isEnded(step.status))) this.#end("succeeded");
    else if (count("ready") + running > 0) {
      if (this.#status === "waiting" && this.#admitted) this.#status = "running";
    } else if (count("waiting") > 0) this.#status = "waiting";
  }

  #end(status: RunStatus): void {
    this.#status = status;
    this.#admitted = false;
  }
}
