import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/core/canonical.ts";
import { route } from "../../src/core/capabilities.ts";
import { StepError } from "../../src/core/failure.ts";
import { sha256 } from "./sha256.ts";
import { Stopped } from "./stop.ts";
import { claimed, Scene, echo } from "./step-scene.ts";

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
