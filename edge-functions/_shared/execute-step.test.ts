import { describe, expect, it } from "vitest";
import { z } from "zod";
import { canonicalJson } from "../../src/core/canonical.ts";
import { park, route, type Capabilities } from "../../src/core/capabilities.ts";
import { StepError } from "../../src/core/failure.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { defineNode, type Node } from "../../src/core/node.ts";
import { ClaimedStep, StepReport } from "../../src/core/worker.ts";
import type { Reserved, Spending } from "./engine.ts";
import type { BlobStore } from "./blob-store.ts";
import type { CheckMeans } from "./checks/check.ts";
import { executeStep, type CapabilityContext, type Hold, type StepWorld } from "./execute-step.ts";
import { sha256 } from "./sha256.ts";
import { Stopped } from "./stop.ts";

const workspaceId = "11111111-1111-4111-8111-111111111111";
const runId = "22222222-2222-4222-8222-222222222222";

function claimed(facts: Partial<ClaimedStep> = {}): ClaimedStep {
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

type Run = (context: {
  input: JsonObject;
  can: Capabilities;
  signal: AbortSignal;
}) => ReturnType<Node["execute"]> | JsonObject;

function probe(run: Run, inputs: Record<string, z.ZodType> = {}): Node {
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

class Files implements BlobStore {
  readonly kept = new Map<string, Uint8Array<ArrayBuffer>>();
  put(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.kept.set(path, bytes);
    return Promise.resolve();
  }
  get(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(this.kept.get(path)!);
  }
  remove(paths: string[]): Promise<void> {
    for (const path of paths) this.kept.delete(path);
    return Promise.resolve();
  }
}

class Scene implements StepWorld {
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

const echo: Run = ({ input }) => ({ value: input["x"] ?? null });

describe("a step that works", () => {
  it("reports the output of its node and the inputs it ran with", async () => {
    const report = await new Scene(echo).run(
      claimed({ inputs: { x: { ref: "input.a" } }, scope: { input: { a: 7 } } }),
    );
    expect(report).toMatchObject({
      outcome: "succeeded",
      output: { value: 7 },
      inputs: { x: 7 },
      attempt: 1,
      stepKey: "fetch",
    });
  });

  it("keeps falsy values", async () => {
    for (const value of [0, false, "", null]) {
      const report = await new Scene(echo).run(claimed({ inputs: { x: { literal: value } } }));
      expect(report?.output).toEqual({ value });
    }
  });

  it("is skipped when its condition is false", async () => {
    const report = await new Scene(echo).run(claimed({ when: "input.a > 1", scope: { input: { a: 1 } } }));
    expect(report?.outcome).toBe("skipped");
  });

  it("takes the inputs a retry brought in place of its bindings", async () => {
    const step = claimed({ inputs: { x: { ref: "input.gone" } }, override: { x: "given" } });
    expect((await new Scene(echo).run(step))?.output).toEqual({ value: "given" });
  });

  it("names the port it routes to", async () => {
    const report = await new Scene(() => route("yes", { yes: 1 })).run(
      claimed({ outputs: { yes: {}, no: {} } }),
    );
    expect(report).toMatchObject({ outcome: "succeeded", port: "yes", output: { yes: 1 } });
  });

  it("parks when its node waits", async () => {
    const until = "2026-01-02T00:00:00.000Z";
    const report = await new Scene(() => park({ for: "timer", until })).run(claimed());
    expect(report).toMatchObject({ outcome: "parked", park: { for: "timer", until } });
  });

  it("gives the value of a map's item", async () => {
    const step = claimed({
      role: "item",
      kind: "map",
      config: { result: { ref: "item.name" } },
      scope: { item: { name: "a" } },
    });
    expect((await new Scene(echo).run(step))?.output).toEqual({ value: "a" });
  });

  it("reads what an earlier step stored as a file, and stores its own large output as one", async () => {
    const large = "x".repeat(70_000);
    const scene = new Scene(echo);
    const first = await scene.run(claimed({ inputs: { x: { literal: large } } }));
    expect(first?.output).toMatchObject({ value: { $blob: { bytes: 70_002, mime: "application/json" } } });
    const scope = { steps: { fetch: { output: first?.output as Json } } };
    const second = await scene.run(
      claimed({ stepKey: "next", inputs: { x: { expr: "steps.fetch.output.value.size()" } }, scope }),
    );
    expect(second?.output).toEqual({ value: 70_000 });
  });

  it("reads the part of a file that a reference names", async () => {
    const scene = new Scene(echo);
    const first = await scene.run(
      claimed({ inputs: { x: { literal: { pad: [{ id: 7, text: "x".repeat(70_000) }] } } } }),
    );
    const stored = first?.output as { value: { pad: { $blob: object } } } | undefined;
    const partly = (...at: string[]) => ({ $blob: { ...stored?.value.pad.$blob, at } });
    const read = (file: Json) =>
      scene.run(claimed({ inputs: { x: { ref: "input.file" } }, scope: { input: { file } } }));
    expect((await read(partly("0", "id")))?.output).toEqual({ value: 7 });
    expect((await read(partly("5", "id")))?.output).toEqual({ value: null });
    expect((await read(partly("constructor")))?.output).toEqual({ value: null });
  });

  it("leaves a reference to another workspace's file unread", async () => {
    const forged = {
      $blob: {
        path: `${runId}/${runId}/${"a".repeat(64)}.json`,
        sha256: "a".repeat(64),
        bytes: 1,
        mime: "application/json",
      },
    };
    const report = await new Scene(echo).run(
      claimed({ inputs: { x: { ref: "input.file" } }, scope: { input: { file: forged } } }),
    );
    expect(report?.output).toEqual({ value: forged });
  });

  it("replaces what Postgres cannot hold in text", async () => {
    const report = await new Scene(echo).run(claimed({ inputs: { x: { literal: "a\u0000b\ud800" } } }));
    expect(report?.output).toEqual({ value: "a\ufffdb\ufffd" });
  });
});

describe("a value nested beyond reason", () => {
  const deep = (levels: number): Json => JSON.parse("[".repeat(levels) + "]".repeat(levels));

  it("R-09 is a failure that says so, not a report nobody can send", async () => {
    const report = await new Scene(() => ({ value: deep(30_000) })).run(claimed());
    expect(report?.error).toMatchObject({ class: "validation", code: "too_deep" });
    expect(report).not.toHaveProperty("output");
  });

  it("is not reported as an input either", async () => {
    const bound = { inputs: { x: { ref: "input.a" } }, scope: { input: { a: deep(30_000) } } };
    const step: ClaimedStep = { ...claimed(), ...bound };
    const report = await new Scene(() => ({ value: 1 })).run(step);
    expect(report?.error).toMatchObject({ class: "validation", code: "too_deep" });
  });

  it("is kept below the limit", async () => {
    const report = await new Scene(() => ({ value: deep(400) })).run(claimed());
    expect(report?.outcome).toBe("succeeded");
  });
});

describe("a step that fails", () => {
  it("says the class, code and hint its node threw", async () => {
    const fails: Run = () => {
      throw new StepError("rate_limited", "http_429", "Slow down.", { retryAfterMs: 2_000, hint: "Wait." });
    };
    expect((await new Scene(fails).run(claimed()))?.error).toEqual({
      class: "rate_limited",
      code: "http_429",
      message: "Slow down.",
      hint: "Wait.",
      retryAfterMs: 2_000,
      step: "fetch",
    });
  });

  it("calls an unknown throw unexpected and transient", async () => {
    const fails: Run = () => {
      throw new TypeError("x is not a function");
    };
    expect((await new Scene(fails).run(claimed()))?.error).toMatchObject({
      class: "transient",
      code: "unexpected",
    });
  });

  it("refuses inputs that do not fit before its node runs", async () => {
    let ran = false;
    const scene = new Scene(
      () => {
        ran = true;
        return {};
      },
      { x: z.number() },
    );
    const report = await scene.run(claimed({ inputs: { x: { literal: "seven" } } }));
    expect(report?.error).toMatchObject({ class: "validation", code: "input_invalid" });
    expect(ran).toBe(false);
  });

  it("names a value that is missing", async () => {
    const report = await new Scene(echo).run(
      claimed({ inputs: { x: { ref: "input.a" } }, scope: { input: {} } }),
    );
    expect(report?.error).toMatchObject({ class: "validation", code: "missing_value" });
  });

  it("refuses outputs outside its ports and of the wrong type", async () => {
    const outside = await new Scene(() => ({ other: 1 })).run(claimed());
    const wrong = await new Scene(() => ({ value: "1" })).run(
      claimed({ outputs: { value: { type: "number" } } }),
    );
    expect([outside?.error?.code, wrong?.error?.code]).toEqual(["output_invalid", "output_invalid"]);
  });

  it("ends at its time limit", async () => {
    const report = await new Scene(() => new Promise(() => undefined)).run(claimed({ timeoutMs: 10 }));
    expect(report?.error).toMatchObject({ class: "timeout", code: "timeout" });
  });

  it("brings its fallback along, for when no attempt is left", async () => {
    const fails: Run = () => {
      throw new StepError("permanent", "http_4xx", "No.");
    };
    const report = await new Scene(fails).run(claimed({ fallback: { literal: { value: "spare" } } }));
    expect(report).toMatchObject({
      outcome: "failed",
      output: { value: "spare" },
      outputIsFallback: true,
      error: { code: "http_4xx" },
    });
  });

  it("says so when it does not know the kind", async () => {
    expect((await new Scene(echo).run(claimed({ kind: "newer" })))?.error).toMatchObject({
      code: "kind_unknown",
    });
  });
});

describe("checks of the output", () => {
  const total = {
    name: "total",
    kind: "expr" as const,
    config: { expr: "output.value > 10" },
    required: true,
    timeoutMs: 1_000,
  };

  it("leave a proof each and keep the output when a required one fails", async () => {
    const shape = {
      name: "shape",
      kind: "json_schema" as const,
      config: { schema: { type: "number" }, target: "value" },
      required: true,
      timeoutMs: 1_000,
    };
    const report = await new Scene(echo).run(
      claimed({ inputs: { x: { literal: 3 } }, verifiers: [total, shape] }),
    );
    expect(report).toMatchObject({
      outcome: "failed",
      output: { value: 3 },
      error: { class: "verification", code: "verifier_failed" },
      proofs: [
        { verifier: "total", verdict: "failed", evidence: { expr: "output.value > 10", value: false } },
        { verifier: "shape", verdict: "passed" },
      ],
    });
  });

  it("include the ports themselves where the compiler asks for it", async () => {
    const ports = {
      name: "ports",
      kind: "json_schema" as const,
      config: { target: "outputs" },
      required: true,
      timeoutMs: 1_000,
    };
    const step = claimed({ outputs: { value: { type: "number" } }, verifiers: [ports] });
    const good = await new Scene(() => ({ value: 1 })).run(step);
    const bad = await new Scene(() => ({ value: "1" })).run(step);
    expect(good).toMatchObject({ outcome: "succeeded", proofs: [{ verifier: "ports", verdict: "passed" }] });
    expect(bad).toMatchObject({
      outcome: "failed",
      output: { value: "1" },
      proofs: [{ verdict: "failed", evidence: { errors: [{ path: "value" }] } }],
    });
  });

  it("only warn when they are optional", async () => {
    const report = await new Scene(echo).run(
      claimed({ inputs: { x: { literal: 3 } }, verifiers: [{ ...total, required: false }] }),
    );
    expect(report).toMatchObject({ outcome: "succeeded", proofs: [{ verdict: "failed", required: false }] });
  });

  it("are repeated alone when the work stands", async () => {
    const scene = new Scene(() => {
      throw new Error("the work must not be repeated");
    });
    const report = await scene.run(claimed({ keptOutput: { value: 30 }, verifiers: [total] }));
    expect(report).toMatchObject({ outcome: "succeeded", output: { value: 30 } });
  });
});

describe("an attempt that is stopped", () => {
  const waits: Run = () => new Promise(() => undefined);

  it("is cancelled, handed over, or not reported at all when the lease is lost", async () => {
    const outcomes = [];
    for (const reason of ["cancelled", "handed_over", "lost"] as const) {
      const stop = new AbortController();
      const ending = new Scene(waits).run(claimed(), { signal: stop.signal });
      stop.abort(new Stopped(reason));
      outcomes.push((await ending)?.outcome);
    }
    expect(outcomes).toEqual(["cancelled", "handed_over", undefined]);
  });

  it("starts no effect once the lease is not surely its own", async () => {
    const scene: Scene = new Scene(async () => {
      await scene.context.mayStart(true);
      return { value: 1 };
    });
    expect(await scene.run(claimed(), { mayStart: () => false })).toBeUndefined();
  });
});

describe("an effect that must not repeat", () => {
  const effect = "at_most_once";
  const then = (end: () => never | JsonObject): Scene => {
    const scene: Scene = new Scene(async () => {
      await scene.context.mayStart(true);
      await scene.context.mayStart(true);
      return end();
    });
    return scene;
  };

  it("commits one start marker before the first call", async () => {
    const scene = then(() => ({ value: 1 }));
    expect((await scene.run(claimed({ effect })))?.outcome).toBe("succeeded");
    expect(scene.marked).toEqual(["fetch"]);
  });

  it("does not run when the marker is refused", async () => {
    const scene = then(() => ({ value: 1 }));
    scene.held = false;
    expect(await scene.run(claimed({ effect }))).toBeUndefined();
  });

  it("asks a person when the outcome is unclear, and not when the refusal is clear", async () => {
    const reset = then(() => {
      throw new StepError("transient", "network", "reset", { detail: { reason: "reset" } });
    });
    const refused = then(() => {
      throw new StepError("transient", "network", "refused", { detail: { reason: "refused" } });
    });
    const rejected = then(() => {
      throw new StepError("permanent", "http_4xx", "no");
    });
    const waiting = await Promise.all(
      [reset, refused, rejected].map((scene) => scene.run(claimed({ effect }))),
    );
    expect(waiting.map((report) => report?.waitingFor)).toEqual([
      { kind: "reconcile" },
      undefined,
      undefined,
    ]);
  });

  it("is unclear when it is cancelled in the middle", async () => {
    const stop = new AbortController();
    const scene: Scene = new Scene(async () => {
      await scene.context.mayStart(true);
      stop.abort(new Stopped("cancelled"));
      return await new Promise(() => undefined);
    });
    const report = await scene.run(claimed({ effect }), { signal: stop.signal });
    expect(report).toMatchObject({
      outcome: "cancelled",
      error: { code: "outcome_unknown" },
      waitingFor: { kind: "reconcile" },
    });
  });
});

describe("secrets", () => {
  const secret = "s3cr3t-token/+value";

  it("are masked in outputs, errors and logs, in plain, base64 and percent spelling", async () => {
    const scene: Scene = new Scene(({ can }) => {
      scene.context.record.redactor.add(secret);
      can.log("info", `sent ${secret}`);
      return {
        value: [secret, btoa(`user:${secret}`), encodeURIComponent(secret), JSON.stringify({ secret })],
      };
    });
    const report = await scene.run(claimed());
    expect(report?.output).toEqual({
      value: ["[secret]", expect.stringContaining("[secret]"), "[secret]", '{"secret":"[secret]"}'],
    });
    expect(report?.logs[0]?.text).toBe("sent [secret]");
  });

  it("are masked in errors", async () => {
    const scene: Scene = new Scene(() => {
      scene.context.record.redactor.add(secret);
      throw new StepError("permanent", "http_4xx", `bad ${secret}`, {
        snippet: `${"y".repeat(490)}${secret}`,
      });
    });
    const report = await scene.run(claimed());
    expect(JSON.stringify(report)).not.toContain("s3cr3t");
  });
});

describe("a step of a run with budgets", () => {
  it("reserves what it has used and what its next call may use", async () => {
    const scene = new Scene(async () => {
      await scene.context.afford({ calls: 1, tokens: 100, costUsd: 0.5 });
      await scene.context.record.log.run({ kind: "llm", host: "m" }, (notes) => {
        notes.llm = { provider: "p", model: "m", tokensIn: 30, tokensOut: 10, costUsd: 0.1 };
        return Promise.resolve();
      });
      await scene.context.afford({ calls: 1, tokens: 200, costUsd: 0.5 });
      return { value: 1 };
    });
    await scene.run(claimed({ budgeted: ["costUsd", "tokens"] }));
    expect(scene.reserved).toEqual([
      { tokens: 100, costUsd: 0.5, calls: 1 },
      { tokens: 240, costUsd: 0.6, calls: 2 },
    ]);
  });

  it("parks when the budget does not cover the call, with what it has done so far", async () => {
    const scene = new Scene(async () => {
      await scene.context.record.log.run({ kind: "http", host: "h" }, () => Promise.resolve());
      await scene.context.afford({ calls: 1 });
      return { value: 1 };
    });
    scene.answer = { granted: false, budget: "calls", amount: 1 };
    const report = await scene.run(claimed({ budgeted: ["calls"] }));
    expect(report).toMatchObject({ outcome: "parked", park: { for: "budget", budget: "calls", amount: 1 } });
    expect(report?.calls).toHaveLength(1);
  });

  it("fails instead of parking once an effect that must not repeat was begun", async () => {
    const scene = new Scene(async () => {
      await scene.context.mayStart(true);
      await scene.context.afford({ calls: 1 });
      return { value: 1 };
    });
    scene.answer = { granted: false, budget: "calls", amount: 1 };
    const report = await scene.run(claimed({ budgeted: ["calls"], effect: "at_most_once" }));
    expect(report).toMatchObject({ outcome: "failed", error: { class: "budget", code: "budget_exhausted" } });
    expect(report?.waitingFor).toBeUndefined();
  });

  it("asks nobody when the run has no budget, or none that the call spends of", async () => {
    const scene = new Scene(async () => {
      await scene.context.afford({ calls: 1 });
      return { value: 1 };
    });
    await scene.run(claimed());
    await scene.run(claimed({ budgeted: ["tokens"] }));
    expect(scene.reserved).toEqual([]);
  });
});

describe("checks that reach outside", () => {
  const effect = "at_most_once";
  const healthy = {
    name: "healthy",
    kind: "http" as const,
    config: { url: { literal: "https://ci.example.com/7" } },
    required: true,
    timeoutMs: 1_000,
  };
  const once = (): Scene => {
    const scene: Scene = new Scene(async () => {
      await scene.context.mayStart(true);
      return { value: 1 };
    });
    return scene;
  };
  const away = () => Promise.reject(new StepError("timeout", "timeout", "Nobody answered."));
  const waits = () => new Promise<never>(() => undefined);

  it("are made only once work that may not repeat is kept", async () => {
    const scene = once();
    expect(await scene.run(claimed({ effect, verifiers: [healthy] }))).toMatchObject({
      outcome: "handed_over",
      output: { value: 1 },
      checks: { done: [] },
      proofs: [],
    });
    scene.means = { http: () => Promise.resolve({ status: 200, headers: {}, body: null }) };
    const kept = claimed({
      effect,
      verifiers: [healthy],
      attempt: 2,
      keptOutput: { value: 1 },
      keptChecks: {},
    });
    expect(await scene.run(kept)).toMatchObject({ outcome: "succeeded", output: { value: 1 } });
    expect(scene.marked).toEqual(["fetch"]);
  });

  it("never leave open whether the work was done", async () => {
    const scene = once();
    scene.means = { http: away };
    const kept = claimed({ effect, verifiers: [healthy], keptOutput: { value: 1 }, keptChecks: {} });
    const report = await scene.run(kept);
    expect(report).toMatchObject({
      outcome: "failed",
      output: { value: 1 },
      checks: { done: [] },
      error: { class: "timeout", code: "check_unreachable" },
      proofs: [{ verifier: "healthy", verdict: "error" }],
    });
    expect(report).not.toHaveProperty("waitingFor");
  });

  it("keep the port a routing step chose", async () => {
    const scene = new Scene(() => route("yes", { yes: 1 }));
    scene.means = { http: away };
    const step = claimed({ outputs: { yes: {}, no: {} }, verifiers: [healthy] });
    const report = await scene.run(step);
    expect(report?.checks?.port).toBe("yes");
    scene.means = { http: () => Promise.resolve({ status: 200, headers: {}, body: null }) };
    const again = { ...step, keptOutput: report?.output, keptChecks: report?.checks };
    expect(await scene.run(again)).toMatchObject({ outcome: "succeeded", port: "yes", output: { yes: 1 } });
  });

  it("are not cut short by the time limit of the work", async () => {
    const scene = new Scene(echo);
    scene.means = {
      http: async () => {
        await new Promise((done) => setTimeout(done, 60));
        return { status: 200, headers: {}, body: null };
      },
    };
    expect((await scene.run(claimed({ timeoutMs: 30, verifiers: [healthy] })))?.outcome).toBe("succeeded");
  });

  it.each(["handed_over", "cancelled"] as const)("keep the work when the attempt is %s", async (reason) => {
    const scene = new Scene(echo);
    scene.means = { http: waits };
    const stop = new AbortController();
    const shape = {
      ...healthy,
      name: "shape",
      kind: "expr" as const,
      config: { expr: "output.value == null" },
    };
    const ending = scene.run(claimed({ verifiers: [healthy, shape] }), { signal: stop.signal });
    await new Promise((done) => setTimeout(done, 5));
    stop.abort(new Stopped(reason));
    expect(await ending).toMatchObject({
      outcome: reason,
      output: { value: null },
      checks: { done: [{ verifier: "shape", verdict: "passed" }] },
      proofs: [{ verifier: "shape" }],
    });
  });

  it("keep the work beside a fallback, which is for when no attempt is left", async () => {
    const scene = new Scene(echo);
    scene.means = { http: away };
    const report = await scene.run(
      claimed({ fallback: { literal: { value: "spare" } }, verifiers: [healthy] }),
    );
    expect(report).toMatchObject({
      output: { value: null },
      outputIsFallback: true,
      checks: { fallback: { value: "spare" } },
    });
  });

  it("leave proofs that name the output they speak of", async () => {
    const shape = { ...healthy, kind: "expr" as const, config: { expr: "true" } };
    const report = await new Scene(echo).run(claimed({ verifiers: [shape] }));
    expect(report?.proofs).toMatchObject([
      { evidence: { outputHash: sha256('{"value":null}') }, evidenceHash: expect.any(String) },
    ]);
    const proof = report!.proofs[0]!;
    expect(proof.evidenceHash).toBe(sha256(canonicalJson(proof.evidence)));
  });
});
