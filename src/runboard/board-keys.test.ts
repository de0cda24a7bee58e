import { describe, expect, it } from "vitest";
import { matchesFilters, noFilters, toggleStatus } from "./board-filters.ts";
import { boardKeyOf, walk } from "./board-keys.ts";
import { run } from "./card-scene.ts";
import { columnRows, walkOrder } from "./column-rows.ts";

const press = (key: string, held: Partial<KeyboardEvent> = {}) =>
  boardKeyOf({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe("keys on the board", () => {
  const columns = [[run("a1"), run("a2")], [], [run("c1")]];
  const from = (id: string | null, key: "next" | "previous" | "left" | "right") => walk(columns, id, key)?.id;

  it("begin at the first card", () => {
    expect(from(null, "next")).toBe("a1");
  });

  it("walk down a column and on into the next one", () => {
    expect([from("a1", "next"), from("a2", "next"), from("c1", "next"), from("c1", "previous")]).toEqual([
      "a2",
      "c1",
      "c1",
      "a2",
    ]);
  });

  it("step over empty columns sideways", () => {
    expect([from("a2", "right"), from("c1", "left"), from("a1", "left")]).toEqual(["c1", "a1", "a1"]);
  });

  it("leave the browser its own", () => {
    expect([
      press("r"),
      press("r", { ctrlKey: true }),
      press("ArrowLeft", { shiftKey: true }),
      press("q"),
    ]).toEqual(["retry", null, "moveLeft", null]);
  });
});

describe("filters", () => {
  const failed = run("1", {
    status: "failed",
    error: { class: "permanent", code: "http_404", message: "Not found" },
  });

  it("find words in title, workflow and error, all of them", () => {
    const found = (text: string) => matchesFilters(failed, "Refunds", { ...noFilters, text });
    expect([found("refunds 404"), found("not FOUND"), found("refunds 500")]).toEqual([true, true, false]);
  });

  it("add and take away a status", () => {
    const one = toggleStatus(noFilters, "failed");
    expect([
      one.status,
      matchesFilters(failed, "", one),
      matchesFilters(run("2"), "", one),
      toggleStatus(one, "failed").status,
    ]).toEqual([["failed"], true, false, []]);
  });
});

describe("the rows of a column", () => {
  const column = {
    key: "A",
    liveCount: 1,
    live: [run("live")],
    failed: [run("bad", { status: "failed" })],
    finished: [
      run("f1", { status: "succeeded" }),
      run("f2", { status: "succeeded" }),
      run("f3", { status: "cancelled" }),
    ],
  };
  const state = { finishedOpen: true, finishedShown: 2, openStacks: new Set<string>(), mayHaveMore: false };
  const keys = (facts: Partial<typeof state>, grouped = true) =>
    columnRows(column, { ...state, ...facts }, grouped).map((row) => row.key);

  it("are live cards, failed ones and the finished group, limited", () => {
    expect(keys({})).toEqual(["live", "failed", "bad", "finished", "f1", "f2", "more"]);
  });

  it("end with the heading when the group is folded", () => {
    expect(keys({ finishedOpen: false })).toEqual(["live", "failed", "bad", "finished"]);
  });

  it("offer more when older runs may exist", () => {
    expect(keys({ finishedShown: 9 })).not.toContain("more");
    expect(keys({ finishedShown: 9, mayHaveMore: true })).toContain("more");
  });

  it("are walked card by card", () => {
    expect(walkOrder(columnRows(column, state, true)).map(({ id }) => id)).toEqual([
      "live",
      "bad",
      "f1",
      "f2",
    ]);
  });
});
