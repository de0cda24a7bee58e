import { describe, expect, it } from "vitest";
import { park, route } from "../../src/core/capabilities.ts";
import type { Json } from "../../src/core/json.ts";
import { ClaimedStep } from "../../src/core/worker.ts";
import { runId, claimed, Scene, echo } from "./step-scene.ts";

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
