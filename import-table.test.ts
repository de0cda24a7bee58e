import { existsSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { crossing, forbidden, mayImport } from "./import-table.ts";

test("every source folder has a row in the import table", () => {
  const folders = readdirSync("src", { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [`src/${entry.name}`] : [],
  );
  expect(folders.filter((folder) => !(folder in mayImport))).toEqual([]);
});

test("every row names a folder that exists", () => {
  expect(Object.keys(mayImport).filter((folder) => !existsSync(folder))).toEqual([]);
});

test("the builder and the runboard never import each other", () => {
  expect(forbidden("src/builder")).toContain("src/runboard");
  expect(forbidden("src/runboard")).toContain("src/builder");
});

test("a specifier that enters another ring is recognised at any depth", () => {
  const enters = new RegExp(crossing("src/builder", "src/runboard"));
  expect(enters.test("../runboard/card.ts")).toBe(true);
  expect(enters.test("../../runboard/card.ts")).toBe(true);
  expect(enters.test("./runboard.ts")).toBe(false);
});
