import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { at, edge, trigger } from "../servers/document.ts";
import { openCliScene, refusal, type CliScene } from "./cli-scene.ts";

let scene: CliScene;
const runboard = (...args: string[]) => scene.runboard(...args);

beforeAll(async () => {
  scene = await openCliScene();
}, 120_000);
afterAll(() => scene?.close());

describe("what is wrong is said, and nothing is half-written", () => {
  const document = (doc: object) =>
    JSON.stringify({
      runboard: 1,
      slug: "broken",
      title: "Broken",
      doc: { schemaVersion: 1, nodes: [], edges: [], ...doc },
    });

  test.each([
    ["a file that is not JSON", "{", "not_json"],
    ["a file that is no workflow", '{"hello": 1}', "not_a_workflow"],
    ["a document with a field nobody knows", document({ nonsense: true }), "not_a_document"],
  ])("%s is refused with exit code 2 and a next step", async (_, text, code) => {
    const answer = await runboard("workflow", "import", scene.file("bad.workflow.json", text), "--json");
    expect(answer.code).toBe(2);
    expect(refusal(answer)).toMatchObject({ code, hint: expect.stringMatching(/.+/) });
  });

  test("an unknown kind and a cycle are named by validate", async () => {
    const unknown = document({
      nodes: [trigger, { id: "a", key: "a", kind: "no-such-kind", position: at }],
    });
    const validated = await runboard(
      "workflow",
      "validate",
      scene.file("kind.workflow.json", unknown),
      "--json",
    );
    expect(validated.code).toBe(2);
    expect(refusal(validated).diagnostics.map((one: { code: string }) => one.code)).toContain(
      "node.unknown_kind",
    );
    const step = (id: string) => ({ id, key: id, kind: "transform", position: at });
    const cycle = document({
      nodes: [trigger, step("a"), step("b")],
      edges: [
        { id: "e1", source: "a", sourcePort: "value", target: "b" },
        { id: "e2", source: "b", sourcePort: "value", target: "a" },
      ],
    });
    const cyclic = await runboard("workflow", "validate", scene.file("cycle.workflow.json", cycle), "--json");
    expect(refusal(cyclic).diagnostics.map((one: { code: string }) => one.code)).toContain("graph.cycle");
  });

  test("a document of more than 10 MB is refused before it is read", async () => {
    const huge = document({
      notes: [
        {
          id: "n",
          text: "x".repeat(11 * 1024 * 1024),
          colour: "yellow",
          position: at,
          size: { w: 1, h: 1 },
        },
      ],
    });
    const answer = await runboard("workflow", "import", scene.file("huge.workflow.json", huge), "--json");
    expect(answer.code).toBe(2);
    expect(refusal(answer).code).toBe("file_too_large");
  });

  test("nothing was imported by any of that", async () => {
    const { stdout } = await runboard("workflow", "list", "--json");
    expect(JSON.parse(stdout).map((row: { slug: string }) => row.slug)).not.toContain("broken");
  });

  test("a missing input names the field and starts nothing", async () => {
    const needsName = JSON.stringify({
      runboard: 1,
      slug: "needs-a-name",
      title: "Needs a name",
      doc: {
        schemaVersion: 1,
        nodes: [
          trigger,
          {
            id: "a",
            key: "greet",
            kind: "transform",
            config: { fields: { text: { ref: "input.name" } } },
            position: at,
          },
        ],
        edges: [edge("t", "input", "a")],
        input: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
      },
    });
    await runboard("workflow", "import", scene.file("needs.workflow.json", needsName));
    expect(await runboard("workflow", "publish", "needs-a-name")).toMatchObject({ code: 0, stderr: "" });
    const answer = await runboard("run", "needs-a-name", "--input", "{}", "--json");
    expect(answer.code).toBe(2);
    expect(refusal(answer)).toMatchObject({ code: "RB422", message: 'The input "name" is missing.' });
    expect(
      JSON.parse((await runboard("runs", "list", "--json")).stdout).map(
        (run: { title: string }) => run.title,
      ),
    ).not.toContain("Needs a name");
  });

  test("a wrong password and a dead address say what to do", async () => {
    const wrong = await runboard("login", "owner@example.com", "--password", "not the password", "--json");
    expect(wrong.code).toBe(2);
    expect(refusal(wrong).message).toBe("The e-mail or the password is wrong.");
  });

  test("a dead MCP server and an unreachable host are named", async () => {
    await runboard(
      "connection",
      "put",
      "nobody",
      "--kind",
      "mcp",
      "--base-url",
      `${scene.url.replace(/:\d+$/, ":9")}/mcp`,
    );
    const refreshed = await runboard("tools", "refresh", "nobody", "--json");
    expect(refreshed.code).toBe(2);
    expect(refusal(refreshed)).toMatchObject({
      code: expect.stringMatching(/network|egress_denied/),
      hint: expect.stringMatching(/.+/),
    });
  });

  test("wrong use exits with 2", async () => {
    expect((await runboard("runs", "show", "not-a-run-id", "--json")).code).toBe(2);
    expect((await runboard("nonsense")).code).toBe(2);
  });
});
