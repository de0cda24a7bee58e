import { beforeEach, expect, test } from "vitest";
import { Breakers, HostDown, type BreakerEngine, type CallCount } from "./breakers.ts";

/** An engine that counts questions; what it says is set by the test. */
class FakeEngine implements BreakerEngine {
  readonly noted: CallCount[][] = [];
  asked = 0;
  open: string[] = [];
  answer: "go" | "probe" | "wait" = "wait";
  away = false;
  noteCalls(calls: CallCount[]) {
    this.noted.push(calls);
    if (this.away) return Promise.reject(new Error("away"));
    return Promise.resolve(this.open.map((host) => ({ workspaceId: "w", host })));
  }
  askHost() {
    this.asked++;
    return this.away ? Promise.reject(new Error("away")) : Promise.resolve(this.answer);
  }
}

let engine: FakeEngine;
let breakers: Breakers;
beforeEach(() => {
  engine = new FakeEngine();
  breakers = new Breakers(engine);
});

test("a thousand calls to hosts that answer ask the engine once", async () => {
  for (let n = 0; n < 1_000; n++) {
    await breakers.pass("w", "a.example.com");
    await breakers.answered("w", "a.example.com");
  }
  expect(engine.noted).toEqual([[]]);
  expect(engine.asked).toBe(0);
});

test("what failed is said before the step's own report, with what was answered meanwhile", async () => {
  await breakers.answered("w", "a");
  await breakers.answered("w", "a");
  await breakers.failed("w", "a");
  expect(engine.noted).toEqual([[{ workspaceId: "w", host: "a", failed: 1, answered: 2, probed: false }]]);
});

test("failures that come together go in one statement after the one under way", async () => {
  await Promise.all(Array.from({ length: 50 }, () => breakers.failed("w", "a")));
  expect(engine.noted.length).toBeLessThanOrEqual(2);
  expect(engine.noted.flat().reduce((sum, { failed }) => sum + failed, 0)).toBe(50);
});

test("a host whose breaker is open is not called, and the step waits for it", async () => {
  engine.open = ["a"];
  await breakers.failed("w", "a");
  const refused = await breakers.pass("w", "a").catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HostDown);
  expect(refused).toMatchObject({ park: { for: "host", host: "a" } });
  await breakers.pass("w", "b");
  await breakers.pass("other workspace", "a");
  expect(engine.asked).toBe(1);
});

test("the answer to a probe is said at once; that of another call is not", async () => {
  engine.open = ["a"];
  await breakers.failed("w", "a");
  engine.answer = "probe";
  await breakers.pass("w", "a");
  engine.open = [];
  await breakers.answered("w", "a");
  await breakers.answered("w", "a");
  expect(engine.noted.slice(1)).toEqual([
    [{ workspaceId: "w", host: "a", failed: 0, answered: 1, probed: true }],
  ]);
  await breakers.pass("w", "a");
  expect(engine.asked).toBe(1);
});

test("a probe that fails is a failure like any other", async () => {
  engine.open = ["a"];
  engine.answer = "probe";
  await breakers.pass("w", "a");
  await breakers.failed("w", "a");
  expect(engine.noted.at(-1)).toEqual([
    { workspaceId: "w", host: "a", failed: 1, answered: 0, probed: false },
  ]);
});

test("calls go ahead while the database is away", async () => {
  engine.open = ["a"];
  await breakers.failed("w", "a");
  engine.away = true;
  await breakers.pass("w", "a");
  await breakers.failed("w", "a");
  await breakers.pass("w", "b");
  expect(engine.asked).toBe(1);
});

test("a host that is spared is always called, and its failures are nobody's business", async () => {
  breakers = new Breakers(engine, ["practice.example.com"]);
  engine.open = ["practice.example.com"];
  await breakers.failed("w", "practice.example.com");
  await breakers.pass("w", "practice.example.com");
  expect([engine.noted, engine.asked]).toEqual([[], 0]);
});
