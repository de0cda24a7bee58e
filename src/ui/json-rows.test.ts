import { expect, test } from "vitest";
import { jsonRows } from "./json-rows.ts";

const none: ReadonlySet<string> = new Set();
const paths = (rows: { path: string }[]) => rows.map((row) => row.path);

test("paths are written as bindings are", () => {
  const value = { body: { items: [{ "a b": 1 }] } };
  expect(paths(jsonRows(value, new Set(["body.items[0]"])))).toEqual([
    "",
    "body",
    "body.items",
    "body.items[0]",
    'body.items[0]["a b"]',
  ]);
});

test("a large list starts closed and opens when toggled", () => {
  const value = { list: Array.from({ length: 40 }, (_, n) => n) };
  expect(jsonRows(value, none)).toHaveLength(2);
  expect(jsonRows(value, new Set(["list"]))).toHaveLength(42);
});

test("a search keeps the matches and the way to them, however deep", () => {
  const value = { a: { b: { c: { d: "needle" } } }, other: "hay" };
  const rows = jsonRows(value, none, "NEEDLE");
  expect(paths(rows)).toEqual(["", "a", "a.b", "a.b.c", "a.b.c.d"]);
  expect(rows.filter((row) => row.matches).map((row) => row.path)).toEqual(["a.b.c.d"]);
});

test("falsy values are rows like any other", () => {
  expect(jsonRows({ zero: 0, empty: "", no: false, nothing: null }, none).map((row) => row.value)).toEqual([
    { zero: 0, empty: "", no: false, nothing: null },
    0,
    "",
    false,
    null,
  ]);
});
