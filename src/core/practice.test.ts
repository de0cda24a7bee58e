import { expect, test } from "vitest";
import { practiceConnection, withPracticeAt } from "./practice.ts";

test("a call of the practice server leads to the installation the file is opened in", () => {
  expect(
    withPracticeAt('"http://127.0.0.1:4400/functions/v1/practice/flaky?times=2"', "http://127.0.0.1:5123"),
  ).toBe('"http://127.0.0.1:5123/functions/v1/practice/flaky?times=2"');
});

test("every other address stays as it is written", () => {
  const text = '"http://127.0.0.1:4400/elsewhere https://example.com/functions/v1/practice"';
  expect(withPracticeAt(text, "http://127.0.0.1:5123")).toBe(text);
});

test("the connection's credential may go to the practice server's host only", () => {
  expect(practiceConnection("http://127.0.0.1:5123")).toEqual({
    slug: "practice",
    kind: "mcp",
    title: "Practice server",
    baseUrl: "http://127.0.0.1:5123/functions/v1/practice/mcp",
    hosts: ["127.0.0.1:5123"],
  });
});
