// the watch of the host over its function processes, by what it sees of them.
import { expect, it } from "vitest";
import { threadTime } from "../../supabase/embedded/processor-time.ts";
import { Silence } from "../../supabase/embedded/silence.ts";

const patience = { silentMs: 4_000, startedMs: 300 };

it("takes a process for hung that computed for a second without answering, at the second look", () => {
  const silence = new Silence(patience, 5_000);
  expect(silence.look(900, 5_900)).toBeUndefined();
  expect(silence.look(1_000, 6_000)).toBeUndefined();
  expect(silence.look(1_050, 6_050)).toBe("it computes without answering");
});

it("waits twice the long patience for one that is given no processor time", () => {
  const silence = new Silence(patience, 5_000);
  expect(silence.look(4_000, 5_010)).toBeUndefined();
  expect(silence.look(7_950, 5_990)).toBeUndefined();
  expect(silence.look(8_000, 5_990)).toBeUndefined();
  expect(silence.look(8_050, 5_990)).toBe("it does not answer");
});

it("counts what the process computes and not how long that takes on a busy machine", () => {
  const silence = new Silence(patience, 0);
  expect(silence.look(3_000, 500)).toBeUndefined();
  expect(silence.look(6_000, 1_000)).toBeUndefined();
  expect(silence.look(6_050, 1_010)).toBe("it computes without answering");
});

it("allows three times what its start took, where the machine is slow", () => {
  const silence = new Silence({ silentMs: 4_000, startedMs: 1_200 }, 0);
  expect([silence.look(3_500, 3_500), silence.look(3_550, 3_550)]).toEqual([undefined, undefined]);
  expect([silence.look(3_600, 3_600), silence.look(3_650, 3_650)]).toEqual([
    undefined,
    "it computes without answering",
  ]);
});

it("has the long patience with everybody where the system does not tell processor time", () => {
  const silence = new Silence({ silentMs: 4_000, startedMs: undefined }, undefined);
  expect([silence.look(7_000, undefined), silence.look(7_900, undefined)]).toEqual([undefined, undefined]);
  expect([silence.look(8_000, undefined), silence.look(8_050, undefined)]).toEqual([
    undefined,
    "it does not answer",
  ]);
});

it("reads processor time behind a name that looks like the rest of the line", () => {
  const stat = "4711 (de) 9 9 (no) R 1 4711 4711 0 -1 4194304 900 0 0 0 21 8 0 0 20 0 4 0 123 456";
  expect(threadTime(stat)).toBe(290);
  expect(threadTime("")).toBeUndefined();
});
