import { expect, test } from "vitest";
import { RateGate } from "./rate-gate.ts";

const passed = (gate: RateGate, name: string, count: number, now: number) =>
  Array.from({ length: count }, () => gate.admits(name, now)).filter(Boolean).length;

test("lets through so many a minute, and more as time goes", () => {
  const gate = new RateGate(60);
  expect(passed(gate, "a", 100, 0)).toBe(60);
  expect(passed(gate, "a", 100, 10_000)).toBe(10);
  expect(passed(gate, "a", 100, 10_000 + 3_600_000)).toBe(60);
});

test("counts each name by itself", () => {
  const gate = new RateGate(2);
  expect([passed(gate, "a", 5, 0), passed(gate, "b", 5, 0)]).toEqual([2, 2]);
});

test("a clock that goes back lets nobody through", () => {
  const gate = new RateGate(2);
  expect(passed(gate, "a", 5, 10_000)).toBe(2);
  expect(passed(gate, "a", 5, 0)).toBe(0);
});

test("forgets the names longest unseen, so that names cannot fill the memory", () => {
  const gate = new RateGate(1);
  gate.admits("first", 0);
  for (let n = 0; n < 10_000; n++) gate.admits(`name ${n}`, 0);
  expect(gate.admits("first", 0)).toBe(true);
  expect(gate.admits("name 9999", 0)).toBe(false);
});
