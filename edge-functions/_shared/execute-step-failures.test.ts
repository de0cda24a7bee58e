import { describe, expect, it } from "vitest";
import { z } from "zod";
import { StepError } from "../../src/core/failure.ts";
import { claimed, type Run, Scene, echo } from "./step-scene.ts";

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
