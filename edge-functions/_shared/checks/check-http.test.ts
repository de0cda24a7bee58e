import { describe, expect, it } from "vitest";
import type { CheckMeans } from "./check.ts";
import { verifier, check, answers, url, network } from "./check-scene.ts";

describe("an http check", () => {
  it("passes when the answer fits and shows what it was", async () => {
    const healthy = verifier("healthy", "http", { url, expect: 'response.body.state == "up"' });
    const { checked, proofs } = await check([healthy], { means: answers({ body: { state: "up" } }) });
    expect(checked).toEqual({ is: "passed" });
    expect(proofs).toMatchObject([
      {
        verifier: "healthy",
        verdict: "passed",
        evidence: {
          method: "GET",
          url: "https://ci.example.com/7",
          status: 200,
          body: '{"state":"up"}',
          value: true,
        },
      },
    ]);
  });

  it("fails on another status or when its condition is not true", async () => {
    for (const answer of [{ status: 404 }, { body: { state: "down" } }]) {
      const healthy = verifier("healthy", "http", { url, expect: 'response.body.state == "up"' });
      const { checked } = await check([healthy], { means: answers(answer) });
      expect(checked).toMatchObject({
        is: "failed",
        workStands: false,
        error: { errorClass: "verification", code: "verifier_failed" },
      });
    }
  });

  it("names the address by what the step put out", async () => {
    const asked: string[] = [];
    const http: CheckMeans["http"] = (request) => {
      asked.push(request.url);
      return Promise.resolve({ status: 200, headers: {}, body: null });
    };
    const bound = verifier("there", "http", {
      url: { template: "https://x.example.com/{{ output.body.total }}" },
    });
    await check([bound], { means: { http } });
    expect(asked).toEqual(["https://x.example.com/5"]);
  });

  it.for([
    ["a network that is down", network, "transient"],
    ["a server in trouble", { status: 503 }, "transient"],
    ["a server that is asked too much", { status: 429, retryAfterMs: 9_000 }, "rate_limited"],
  ] as const)(
    "cannot reach its target past %s: its class decides whether it is made again",
    async ([, answer, errorClass]) => {
      const { checked, kept, proofs } = await check(
        [verifier("shape", "expr", { expr: "output.body.total == 5" }), verifier("healthy", "http", { url })],
        { means: answers(answer) },
      );
      expect(checked).toMatchObject({ is: "unreachable", error: { errorClass, code: "check_unreachable" } });
      expect(kept.done).toEqual([{ verifier: "shape", verdict: "passed", required: true }]);
      expect(proofs.map((proof) => `${proof.verifier} ${proof.verdict}`)).toEqual([
        "shape passed",
        "healthy error",
      ]);
    },
  );

  it("only warns when it is optional and cannot reach its target", async () => {
    const { checked, kept } = await check([verifier("healthy", "http", { url }, { required: false })], {
      means: answers(network),
    });
    expect(checked).toEqual({ is: "passed" });
    expect(kept.done).toEqual([{ verifier: "healthy", verdict: "error", required: false }]);
  });

  it("gives up at its own time limit, as one that could not reach its target", async () => {
    const slow = { http: () => new Promise<never>(() => undefined) };
    const { checked } = await check([verifier("healthy", "http", { url }, { timeoutMs: 20 })], {
      means: slow,
    });
    expect(checked).toMatchObject({ is: "unreachable", error: { errorClass: "timeout" } });
  });

  it("waits in place for the next of close polls", async () => {
    const green = verifier("green", "http", { url, expect: "response.body == 'green'", pollMs: 250 });
    const { checked, proofs } = await check([green], {
      means: answers({ body: "red" }, network, { body: "green" }),
    });
    expect(checked).toEqual({ is: "passed" });
    expect(proofs).toMatchObject([{ evidence: { asked: 3, waitedMs: 500 } }]);
  });

  it("gives the worker back between far ones and counts on where it was", async () => {
    const green = verifier("green", "http", { url, okStatus: ["200"], pollMs: 60_000, maxWaitMs: 120_000 });
    const means = answers({ status: 202 });
    const first = await check([green], { means });
    expect(first.checked).toEqual({
      is: "parked",
      park: { for: "check", verifier: "green", afterMs: 60_000 },
    });
    expect(first.proofs).toEqual([]);
    const second = await check([green], { means, kept: first.kept });
    expect(second.kept.polls).toEqual({ green: { asked: 2, waitedMs: 120_000 } });
    const third = await check([green], { means, kept: second.kept });
    expect(third.checked).toMatchObject({ is: "failed", workStands: false });
    expect(third.proofs).toMatchObject([{ verdict: "failed", evidence: { status: 202, asked: 3 } }]);
  });

  it("that never reached its target in all its polls leaves the work standing", async () => {
    const green = verifier("green", "http", { url, pollMs: 60_000, maxWaitMs: 0 });
    expect((await check([green], { means: answers(network) })).checked).toMatchObject({
      is: "failed",
      workStands: true,
    });
  });
});
