// The command line against the running product: what a script or a CI pipeline relies on.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startProduct, type RunningStack } from "../browser/stack.ts";

const folder = mkdtempSync(join(tmpdir(), "runboard-cli-"));
let stack: RunningStack;

interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

function runboard(...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["src/cli/main.ts", ...args, "--url", stack.url],
      {
        env: {
          ...process.env,
          RUNBOARD_CLI_SESSION: join(folder, "session.json"),
          RUNBOARD_PASSWORD: "correct horse battery",
        },
      },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

const lines = ({ stdout }: Answer) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const refusal = ({ stderr }: Answer) => JSON.parse(stderr).error;

beforeAll(async () => {
  stack = await startProduct();
  const created = await runboard("user", "create", "owner@example.com", "--json");
  expect(created).toMatchObject({ code: 0, stderr: "" });
}, 120_000);

afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function importAndPublish(name: string): Promise<void> {
  expect(await runboard("workflow", "import", `examples/${name}.workflow.json`)).toMatchObject({
    code: 0,
    stderr: "",
  });
  expect(await runboard("workflow", "publish", name)).toMatchObject({ code: 0, stderr: "" });
}

describe("a signal", () => {
  const at = { x: 0, y: 0 };
  const asks = {
    runboard: 1,
    slug: "asks",
    title: "Asks",
    doc: {
      schemaVersion: 1,
      nodes: [
        { id: "t", key: "start", kind: "trigger-manual", position: at },
        {
          id: "s",
          key: "paid",
          kind: "signal-wait",
          config: { name: "payment.received", match: "signal.order == input.order" },
          position: at,
        },
      ],
      edges: [{ id: "e", source: "t", sourcePort: "input", target: "s" }],
      input: { type: "object", properties: { order: { type: "integer" } }, required: ["order"] },
    },
  };
  const shown = async (run: string) => JSON.parse((await runboard("runs", "show", run, "--json")).stdout).run;

  test("is taken by the step that waits for it, and kept where none does", async () => {
    const path = join(folder, "asks.workflow.json");
    writeFileSync(path, JSON.stringify(asks));
    expect(await runboard("workflow", "import", path)).toMatchObject({ code: 0 });
    expect(await runboard("workflow", "publish", "asks")).toMatchObject({ code: 0, stderr: "" });
    const { run } = JSON.parse((await runboard("run", "asks", "--input", '{"order": 7}', "--json")).stdout);
    await expect.poll(async () => (await shown(run.id)).status, { timeout: 20_000 }).toBe("waiting");

    const sent = ["runs", "signal", run.id, "payment.received", "--payload"];
    expect(await runboard(...sent, '{"order": 8}')).toMatchObject({
      code: 0,
      stderr: "",
      stdout: "payment.received is kept until a step asks for it.\n",
    });
    const broken = await runboard(...sent, "{order}", "--json");
    expect(broken.code).toBe(2);
    const stranger = await runboard("runs", "signal", run.id, "goods.sent", "--json");
    expect(stranger.code).toBe(2);
    expect(refusal(stranger).hint).toMatch(/.+/);
    expect((await shown(run.id)).status).toBe("waiting");

    const taken = await runboard(...sent, '{"order": 7}', "--json");
    expect(taken).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(taken.stdout)).toMatchObject({ signal: "taken", step: "paid" });
    expect(await runboard("runs", "watch", run.id)).toMatchObject({ code: 0, stderr: "" });
  }, 180_000);

  test("to a run nobody has is refused", async () => {
    const answer = await runboard(
      "runs",
      "signal",
      "00000000-0000-4000-8000-000000000000",
      "payment.received",
      "--json",
    );
    expect(answer.code).toBe(2);
    expect(refusal(answer).message).toMatch(/.+/);
  });
});

describe("what starts a workflow", () => {
  const at = { x: 0, y: 0 };
  const orders = {
    runboard: 1,
    slug: "orders",
    title: "Orders",
    doc: {
      schemaVersion: 1,
      nodes: [
        { id: "h", key: "order_came", kind: "trigger-webhook", position: at },
        {
          id: "s",
          key: "nightly",
          kind: "trigger-schedule",
          config: { cron: "0 3 * * *", timezone: "Europe/Berlin" },
          position: at,
        },
      ],
      edges: [],
    },
  };

  test("is listed with its address and its next time, and switched off and on", async () => {
    const path = join(folder, "orders.workflow.json");
    writeFileSync(path, JSON.stringify(orders));
    expect(await runboard("workflow", "import", path)).toMatchObject({ code: 0 });
    expect(await runboard("workflow", "publish", "orders")).toMatchObject({ code: 0, stderr: "" });
    const listed = JSON.parse((await runboard("triggers", "list", "orders", "--json")).stdout);
    expect(listed).toEqual([
      expect.objectContaining({
        workflow: "orders",
        key: "nightly",
        kind: "schedule",
        enabled: true,
        cron: "0 3 * * *",
      }),
      {
        workflow: "orders",
        key: "order_came",
        kind: "webhook",
        enabled: true,
        url: expect.stringMatching(/\/functions\/v1\/hooks\/[0-9a-f]{48}$/),
      },
    ]);
    const send = () =>
      fetch(listed[1].url, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    expect((await send()).status).toBe(202);
    expect(await runboard("triggers", "off", "orders", "order_came")).toMatchObject({
      code: 0,
      stdout: "orders order_came is off.\n",
    });
    expect((await send()).status).toBe(404);
    expect((await runboard("triggers", "on", "orders", "order_came")).code).toBe(0);
    expect((await send()).status).toBe(202);
    expect((await runboard("triggers", "on", "orders", "nobody", "--json")).code).toBe(2);
  });
});

describe("a workflow from file to finished run", () => {
  test("a run that succeeds prints its events and its output and exits with 0", async () => {
    await importAndPublish("flaky-api");
    const ran = await runboard("run", "flaky-api", "--input", '{"times": 2}', "--watch", "--json");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const printed = lines(ran);
    expect(
      printed.filter((line) => line.event?.kind === "step.waiting" && line.event.step_key === "call"),
    ).toHaveLength(2);
    expect(printed.at(-1).run).toMatchObject({ status: "succeeded" });
    expect(printed.flatMap((line) => (line.event === undefined ? [] : [line.event.seq]))).toEqual(
      Array.from({ length: printed.length - 1 }, (_, n) => n + 1),
    );
  });

  test("a run that fails exits with 1, and one retry finishes it", async () => {
    await importAndPublish("flaky-api-exhausted");
    const ran = await runboard("run", "flaky-api-exhausted", "--watch", "--json");
    expect(ran.code).toBe(1);
    const { run } = lines(ran).at(-1);
    expect(run).toMatchObject({ status: "failed", error: { code: "http_5xx", step: "call" } });
    const retried = await runboard("runs", "retry", run.id, "--watch", "--json");
    expect(retried).toMatchObject({ code: 0 });
    expect(lines(retried).at(-1).run).toMatchObject({ id: run.id, status: "succeeded", retry_count: 1 });
  });

  test("a retry says what it would do, on the draft too, and does it with another input", async () => {
    const ran = await runboard("run", "flaky-api-exhausted", "--watch", "--json");
    const { run } = lines(ran).at(-1);
    const seen = await runboard("runs", "retry", run.id, "--preview", "--json");
    expect(JSON.parse(seen.stdout)).toMatchObject({
      makes: "same_run",
      version: 1,
      rerun: [{ step: "call" }, {}],
    });
    const draft = JSON.parse(
      (await runboard("runs", "retry", run.id, "--version", "draft", "--preview", "--json")).stdout,
    );
    expect(draft).toMatchObject({ makes: "new_run", version: 2 });
    const refused = await runboard("runs", "retry", run.id, "--decide", "call=perhaps", "--json");
    expect(refused.code).toBe(2);
    const again = await runboard("runs", "retry", run.id, "--mode", "restart", "--input", "{}", "--json");
    expect(JSON.parse(again.stdout).run_id).not.toBe(run.id);
  });

  test("many runs are retried by a filter, watched to the end", async () => {
    for (let n = 0; n < 3; n += 1) await runboard("run", "flaky-api-exhausted", "--watch", "--json");
    const filter = ["--workflow", "flaky-api-exhausted", "--status", "failed"];
    const counted = JSON.parse(
      (await runboard("runs", "bulk", "retry", ...filter, "--preview", "--json")).stdout,
    );
    expect(counted.total).toBeGreaterThanOrEqual(3);
    const done = await runboard("runs", "bulk", "retry", ...filter, "--canary", "--watch", "--json");
    expect(done).toMatchObject({ code: 0, stderr: "" });
    const { operation, refused } = lines(done).at(-1);
    expect(operation).toMatchObject({ status: "done", total: counted.total, done: counted.total, stage: 3 });
    expect(refused).toEqual([]);
    expect((await runboard("runs", "bulk", "cancel", "--json")).code).toBe(2);
    const shown = JSON.parse((await runboard("runs", "bulk", "show", operation.id, "--json")).stdout);
    expect(shown.operation.status).toBe("done");
  });

  test("a branch takes its way and the sandbox model answers offline", async () => {
    await importAndPublish("site-check");
    const ran = await runboard(
      "run",
      "site-check",
      "--input",
      JSON.stringify({ url: `${stack.url}/functions/v1/practice/status/503` }),
      "--watch",
      "--json",
    );
    expect(ran.code).toBe(0);
    expect(lines(ran).at(-1).run.output).toEqual({ status: 503 });
    const shown = JSON.parse((await runboard("runs", "show", lines(ran).at(-1).run.id, "--json")).stdout);
    expect(
      Object.fromEntries(
        shown.steps.map((step: { step_key: string; status: string }) => [step.step_key, step.status]),
      ),
    ).toEqual({
      fetch: "succeeded",
      healthy: "succeeded",
      explain: "succeeded",
      keep_report: "succeeded",
      keep_ok: "skipped",
    });
  });

  test("three MCP tools are called and merged", async () => {
    const refreshed = await runboard("tools", "refresh", "practice", "--json");
    expect(refreshed).toMatchObject({ code: 0, stderr: "" });
    await importAndPublish("mcp-tour");
    const ran = await runboard(
      "run",
      "mcp-tour",
      "--input",
      '{"a": 19, "b": 23, "text": "hello"}',
      "--watch",
      "--json",
    );
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(lines(ran).at(-1).run.output.answers).toHaveLength(3);
  });

  test("the same idempotency key returns the first run, and another input is refused", async () => {
    const first = JSON.parse(
      (await runboard("run", "flaky-api", "--input", '{"times": 0}', "--idempotency-key", "k1", "--json"))
        .stdout,
    );
    const second = JSON.parse(
      (await runboard("run", "flaky-api", "--input", '{"times": 0}', "--idempotency-key", "k1", "--json"))
        .stdout,
    );
    expect(second.run.id).toBe(first.run.id);
    const other = await runboard(
      "run",
      "flaky-api",
      "--input",
      '{"times": 1}',
      "--idempotency-key",
      "k1",
      "--json",
    );
    expect(other.code).toBe(2);
    expect(refusal(other).code).toBe("RB409");
  });
});

describe("what is wrong is said, and nothing is half-written", () => {
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const document = (doc: object) =>
    JSON.stringify({
      runboard: 1,
      slug: "broken",
      title: "Broken",
      doc: { schemaVersion: 1, nodes: [], edges: [], ...doc },
    });
  const trigger = { id: "t", key: "start", kind: "trigger-manual", position: { x: 0, y: 0 } };

  test.each([
    ["a file that is not JSON", "{", "not_json"],
    ["a file that is no workflow", '{"hello": 1}', "not_a_workflow"],
    ["a document with a field nobody knows", document({ nonsense: true }), "not_a_document"],
  ])("%s is refused with exit code 2 and a next step", async (_, text, code) => {
    const answer = await runboard("workflow", "import", file("bad.workflow.json", text), "--json");
    expect(answer.code).toBe(2);
    expect(refusal(answer)).toMatchObject({ code, hint: expect.stringMatching(/.+/) });
  });

  test("an unknown kind and a cycle are named by validate", async () => {
    const unknown = document({
      nodes: [trigger, { id: "a", key: "a", kind: "no-such-kind", position: { x: 0, y: 0 } }],
    });
    const validated = await runboard("workflow", "validate", file("kind.workflow.json", unknown), "--json");
    expect(validated.code).toBe(2);
    expect(refusal(validated).diagnostics.map((one: { code: string }) => one.code)).toContain(
      "node.unknown_kind",
    );
    const step = (id: string) => ({ id, key: id, kind: "transform", position: { x: 0, y: 0 } });
    const cycle = document({
      nodes: [trigger, step("a"), step("b")],
      edges: [
        { id: "e1", source: "a", sourcePort: "value", target: "b" },
        { id: "e2", source: "b", sourcePort: "value", target: "a" },
      ],
    });
    const cyclic = await runboard("workflow", "validate", file("cycle.workflow.json", cycle), "--json");
    expect(refusal(cyclic).diagnostics.map((one: { code: string }) => one.code)).toContain("graph.cycle");
  });

  test("a document of more than 10 MB is refused before it is read", async () => {
    const huge = document({
      notes: [
        {
          id: "n",
          text: "x".repeat(11 * 1024 * 1024),
          colour: "yellow",
          position: { x: 0, y: 0 },
          size: { w: 1, h: 1 },
        },
      ],
    });
    const answer = await runboard("workflow", "import", file("huge.workflow.json", huge), "--json");
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
            position: { x: 0, y: 0 },
          },
        ],
        edges: [{ id: "e", source: "t", sourcePort: "input", target: "a" }],
        input: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
      },
    });
    await runboard("workflow", "import", file("needs.workflow.json", needsName));
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
      `${stack.url.replace(/:\d+$/, ":9")}/mcp`,
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
