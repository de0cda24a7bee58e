import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { at, edge, trigger } from "../servers/document.ts";
import { openCliScene, refusal, type CliScene } from "./cli-scene.ts";

let scene: CliScene;
const runboard = (...args: string[]) => scene.runboard(...args);

beforeAll(async () => {
  scene = await openCliScene();
}, 120_000);
afterAll(() => scene?.close());

describe("a signal", () => {
  const asks = {
    runboard: 1,
    slug: "asks",
    title: "Asks",
    doc: {
      schemaVersion: 1,
      nodes: [
        trigger,
        {
          id: "s",
          key: "paid",
          kind: "signal-wait",
          config: { name: "payment.received", match: "signal.order == input.order" },
          position: at,
        },
      ],
      edges: [edge("t", "input", "s")],
      input: { type: "object", properties: { order: { type: "integer" } }, required: ["order"] },
    },
  };
  const shown = async (run: string) => JSON.parse((await runboard("runs", "show", run, "--json")).stdout).run;

  test("is taken by the step that waits for it, and kept where none does", async () => {
    await scene.publish(scene.file("asks.workflow.json", JSON.stringify(asks)), "asks");
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
    await scene.publish(scene.file("orders.workflow.json", JSON.stringify(orders)), "orders");
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
