// A claimed step and a world to execute it in, for tests: one made-up kind, files and reservations that are only remembered.
import { z } from "zod";
import type { Capabilities } from "../../src/core/capabilities.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { defineNode, type Node } from "../../src/core/node.ts";
import { ClaimedStep, StepReport } from "../../src/core/worker.ts";
import type { Reserved, Spending } from "./engine.ts";
import type { BlobStore } from "./blob-store.ts";
import type { CheckMeans } from "./checks/check.ts";
import { executeStep, type CapabilityContext, type Hold, type StepWorld } from "./execute-step.ts";

export const workspaceId = "11111111-1111-4111-8111-111111111111";
export const runId = "22222222-2222-4222-8222-222222222222";

export function claimed(facts: Partial<ClaimedStep> = {}): ClaimedStep {
  return ClaimedStep.parse({
    runId,
    workspaceId,
    stepKey: "fetch",
    itemPath: [],
    attempt: 1,
    tries: 1,
    kind: "probe",
    kindVersion: 1,
    title: "Fetch",
    config: {},
    inputs: {},
    onFailure: "fail_run",
    scope: {},
    outputs: { value: {} },
    verifiers: [],
    connections: [],
    tools: [],
    effect: "pure",
    timeoutMs: 1_000,
    leaseUntil: "2026-01-01T00:00:00Z",
    keyRun: runId,
    planHash: "a".repeat(64),
    mode: "live",
    ...facts,
  });
}

export type Run = (context: {
  input: JsonObject;
  can: Capabilities;
  signal: AbortSignal;
}) => ReturnType<Node["execute"]> | JsonObject;

export function probe(run: Run, inputs: Record<string, z.ZodType> = {}): Node {
  return defineNode({
    kind: "probe",
    title: "Probe",
    summary: "",
    icon: "code",
    category: "data",
    config: z.strictObject({}),
    inputs,
    outputs: {},
    form: {},
    effect: "pure",
    sample: { config: {}, inputs: {} },
    run: ({ given, can, signal }) => run({ input: given, can, signal: signal as AbortSignal }),
  });
}

export class Files implements BlobStore {
  readonly kept = new Map<string, Uint8Array<ArrayBuffer>>();
  put(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.kept.set(path, bytes);
    return Promise.resolve();
  }
  get(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const kept = this.kept.get(path);
    return kept ? Promise.resolve(kept) : Promise.reject(new Error(`no file ${path}`));
  }
  remove(paths: string[]): Promise<void> {
    for (const path of paths) this.kept.delete(path);
    return Promise.resolve();
  }
}

export class Scene implements StepWorld {
  readonly blobs = new Files();
  readonly marked: string[] = [];
  held = true;
  context!: CapabilityContext;
  readonly node: Node;
  constructor(run: Run, inputs?: Record<string, z.ZodType>) {
    this.node = probe(run, inputs);
  }
  nodeOf(kind: string) {
    return kind === "probe" ? this.node : undefined;
  }
  markStarted(step: ClaimedStep) {
    this.marked.push(step.stepKey);
    return Promise.resolve(this.held);
  }
  readonly reserved: Spending[] = [];
  answer: Reserved = { granted: true };
  reserveBudget(_: ClaimedStep, wanted: Spending) {
    this.reserved.push(wanted);
    return Promise.resolve(this.answer);
  }
  capabilities(context: CapabilityContext): Capabilities {
    this.context = context;
    return { log: context.record.write.bind(context.record) } as unknown as Capabilities;
  }
  means: Partial<CheckMeans> = {};
  checkMeans({ signal }: CapabilityContext): CheckMeans {
    const none = () => Promise.reject(new Error("no means"));
    return { http: none, llm: none, rows: none, file: none, ...this.means, signal };
  }
  async run(step: ClaimedStep, hold: Partial<Hold> = {}) {
    const report = await executeStep(step, this, {
      signal: new AbortController().signal,
      mayStart: () => true,
      ...hold,
    });
    return report && StepReport.parse(report);
  }
}

export const echo: Run = ({ input }) => ({ value: input["x"] ?? null });
