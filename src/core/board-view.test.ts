import { describe, expect, test } from "vitest";
import { emptyBoardView, foldBoard, type BoardRow } from "./run-view.ts";
import { at, folded, runId } from "./run-story.ts";

describe("the board", () => {
  const counts = folded.counts;
  const row = (id: string, facts: Partial<BoardRow> = {}): BoardRow => ({
    id,
    status: "queued",
    lane: "A",
    priority: 100,
    counts,
    createdAt: at(0),
    lastSeq: 1,
    ...facts,
  });
  const other = "018f0000-0000-7000-8000-000000000002";
  const board = foldBoard(emptyBoardView(), [row(runId), row(other, { lane: "B" })]);

  test("puts cards into lanes and columns in the order they are served", () => {
    const more = foldBoard(board, [row("018f0000-0000-7000-8000-000000000003", { priority: 1 })]);
    expect(more.lanes.get("A")?.map((card) => card.priority)).toEqual([1, 100]);
    expect(more.byStatus.get("queued")?.length).toBe(3);
    expect(more.lanes.get("B")).toBe(board.lanes.get("B"));
  });

  test("moves a card on an event and ignores what is older than its row", () => {
    const moved = foldBoard(board, [
      { runId, seq: 4, kind: "run.updated", status: "running", at: at(3), data: { lane: "B" } },
    ]);
    expect(moved.lanes.get("B")?.map((card) => card.id)).toEqual([runId, other]);
    expect(moved.lanes.has("A")).toBe(false);
    expect(
      foldBoard(moved, [{ runId, seq: 3, kind: "run.queued", status: "queued", at: at(2) }, row(runId)]),
    ).toBe(moved);
  });

  test("asks for the row of a run it has not seen", () => {
    const unknown = foldBoard(emptyBoardView(), [
      { runId, seq: 1, kind: "run.queued", status: "queued", at: at(0) },
    ]);
    expect([...unknown.unknown]).toEqual([runId]);
    expect(foldBoard(unknown, [row(runId)]).unknown.size).toBe(0);
  });
});
