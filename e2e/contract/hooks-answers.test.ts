import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at } from "../servers/document.ts";
import { openHooksScene, post, read, type HooksScene } from "./hooks-scene.ts";

let scene: HooksScene;

beforeAll(async () => {
  scene = await openHooksScene();
}, 120_000);
afterAll(() => scene?.stack.stop());

describe("a webhook that waits", () => {
  const respond = (config: object, inputs: object) => ({
    nodes: [{ id: "r", key: "say", kind: "respond", config, inputs, position: at }],
    edges: [{ id: "er", source: "k", sourcePort: "value", target: "r" }],
  });

  it("answers what the run responds", async () => {
    const url = await scene.publishHook(
      "responds",
      { answer: "wait" },
      respond({ status: 201, headers: { "x-order": "yes" } }, { body: { expr: "{'got': input.id}" } }),
    );
    const answer = await post(url, { id: "r1" });
    expect([answer.status, answer.headers.get("x-order"), await answer.json()]).toEqual([
      201,
      "yes",
      { got: "r1" },
    ]);
  });

  it("answers the run's output where nothing responds", async () => {
    const url = await scene.publishHook("waits", { answer: "wait" });
    expect(await read(await post(url, { id: "w1" }))).toEqual({ status: 200, body: { id: "w1" } });
  });

  it("answers that it was accepted when the run takes longer", async () => {
    const url = await scene.publishHook(
      "slow",
      { answer: "wait", waitMs: 100 },
      {
        nodes: [{ id: "w", key: "pause", kind: "wait", config: { forMs: 60_000 }, position: at }],
        edges: [{ id: "ew", source: "k", sourcePort: "value", target: "w" }],
      },
    );
    expect(await read(await post(url, { id: "l1" }))).toEqual({
      status: 202,
      body: { run: expect.any(String), repeated: false },
    });
  });

  it("says that the run failed, and no more than its code", async () => {
    const url = await scene.publishHook(
      "fails",
      { answer: "wait" },
      {
        nodes: [
          {
            id: "f",
            key: "stop",
            kind: "fail",
            config: { code: "no_stock" },
            inputs: { message: { literal: "inner words" } },
            position: at,
          },
        ],
        edges: [{ id: "ef", source: "k", sourcePort: "value", target: "f" }],
      },
    );
    const answer = await read(await post(url, { id: "f1" }));
    expect(answer).toMatchObject({ status: 500, body: { code: "no_stock", message: "The run failed." } });
    expect(JSON.stringify(answer)).not.toContain("inner words");
  });

  it("S-26 shows nothing of a stranger's as a page", async () => {
    const url = await scene.publishHook(
      "page",
      { answer: "wait" },
      respond({ headers: { "content-type": "text/html" } }, { body: { ref: "input.id" } }),
    );
    const answer = await post(url, { id: "<script>alert(1)</script>" });
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
  });
});
