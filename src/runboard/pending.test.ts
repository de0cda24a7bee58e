import { describe, expect, it } from "vitest";
import { applyPending, settlePending, whyNotMove } from "./pending.ts";
import { at, run } from "./card-scene.ts";

describe("a command that the server has not confirmed", () => {
  it("already shows on the card", () => {
    const [moved, cancelled, retried] = applyPending(
      [run("1"), run("2", { status: "running" }), run("3", { status: "failed", finishedAt: at(1) })],
      {
        1: { verb: "move", lane: "B" },
        2: { verb: "cancel", at: at(30) },
        3: { verb: "retry", seq: 1 },
      },
    );
    expect([moved?.lane, cancelled?.cancelRequestedAt, retried?.status, retried?.retryCount]).toEqual([
      "B",
      at(30),
      "queued",
      1,
    ]);
  });

  it("is dropped once the row shows it, and leaves other cards untouched", () => {
    const pending = {
      1: { verb: "move" as const, lane: "B" },
      2: { verb: "cancel" as const, at: at(30) },
    };
    expect(settlePending([run("1", { lane: "B" }), run("2")], pending)).toEqual({
      2: { verb: "cancel", at: at(30) },
    });
    const other = run("9");
    expect(applyPending([other], pending)[0]).toBe(other);
  });
});

describe("moving a card", () => {
  it("is refused with the reason", () => {
    expect(whyNotMove(run("1"), "B", ["A", "B"])).toBeNull();
    expect(whyNotMove(run("1"), "A", ["A", "B"])).toBe("Run 1 already stands in lane A.");
    expect(whyNotMove(run("1", { status: "failed", finishedAt: at(1) }), "B", ["A", "B"])).toBe(
      "Run 1 has failed; only queued, running and waiting runs change lanes. Retry it first.",
    );
  });
});
