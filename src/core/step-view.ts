// One step of a run as a reader sees it, and how an event changes it.
import { textAt, waitingForOf, type FoldEvent } from "./event-data.ts";
import type { ItemPath } from "./json.ts";
import type { Step } from "./plan.ts";
import { StepStatus, type WaitingFor } from "./run.ts";

/** The part of a plan's step a fold needs. */
export type PlanStep = Pick<Step, "key" | "within" | "role" | "dependsOn"> &
  Partial<Pick<Step, "config" | "join">>;

export interface StepView {
  /** {@link instanceKey} of the next two. */
  readonly id: string;
  readonly stepKey: string;
  readonly itemPath: ItemPath;
  readonly status: StepStatus;
  readonly waitingFor: WaitingFor | null;
  readonly attempt: number;
  /** The way a routing step took. */
  readonly port: string | null;
  readonly errorCode: string | null;
  /** Items of a map, once its list is known; 1 on the end of a turn that another one follows. */
  readonly items: number | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** Names one instance of a step within a run: `fetch`, or `fetch[0,2]` inside map bodies. */
export function instanceKey(stepKey: string, itemPath: readonly number[]): string {
  return itemPath.length === 0 ? stepKey : `${stepKey}[${itemPath.join(",")}]`;
}

function newStep(stepKey: string, itemPath: ItemPath, status: StepStatus): StepView {
  return {
    id: instanceKey(stepKey, itemPath),
    stepKey,
    itemPath,
    status,
    waitingFor: null,
    attempt: 0,
    port: null,
    errorCode: null,
    items: null,
    startedAt: null,
    finishedAt: null,
  };
}

/**
 * The steps of one body as they are inserted: those that wait for nothing in it are ready, the rest pending.
 * @param within  the map whose body it is; undefined for the run itself
 * @param started whether the item is among the first, which start at once
 */
export function bodyInstances(
  plan: readonly PlanStep[],
  within: string | undefined,
  itemPath: ItemPath,
  started = true,
): StepView[] {
  const split = within === undefined ? undefined : `${within}__split`;
  const isRoot = ({ dependsOn, join }: PlanStep) =>
    started &&
    (within === undefined || (join ?? "all") === "all") &&
    dependsOn.every((dep) => dep.step === split);
  return plan
    .filter((step) => step.within === within && step.role !== "rollback")
    .map((step) => newStep(step.key, itemPath, isRoot(step) ? "ready" : "pending"));
}

/** Changes the map in place; the entry of the event's step is replaced by a new object. */
export function applyStepEvent(
  steps: Map<string, StepView>,
  event: FoldEvent,
): { before: StepView | undefined; after: StepView } {
  const itemPath = event.item ?? [];
  const id = instanceKey(event.step ?? "", itemPath);
  const before = steps.get(id);
  const known = before ?? newStep(event.step ?? "", itemPath, "pending");
  const parsed = StepStatus.safeParse(event.status);
  const status = parsed.success ? parsed.data : known.status;
  const ended =
    status === "succeeded" || status === "failed" || status === "skipped" || status === "cancelled";
  const again = event.kind === "step.retried" || event.kind === "step.reset";
  const items = event.data?.["items"];
  const after: StepView = {
    ...known,
    status,
    waitingFor: status === "waiting" ? waitingForOf(event.data) : null,
    attempt: event.attempt ?? known.attempt,
    port: again ? null : (textAt(event.data, "port") ?? known.port),
    errorCode:
      textAt(event.data, "errorCode") ??
      (again || status === "succeeded" || status === "skipped" ? null : known.errorCode),
    items: typeof items === "number" ? items : known.items,
    startedAt: known.startedAt ?? (status === "running" || isDoneAhead(event) ? event.at : null),
    finishedAt: ended ? event.at : null,
  };
  steps.set(id, after);
  return { before, after };
}

/** A pure step that its worker did ahead of the record has no start of its own on it. */
function isDoneAhead({ kind, attempt }: FoldEvent): boolean {
  return kind === "step.succeeded" && (attempt ?? 0) > 0;
}
