import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHooksScene, post, read, signed, type HooksScene } from "./hooks-scene.ts";

let scene: HooksScene;

beforeAll(async () => {
  scene = await openHooksScene();
}, 120_000);
afterAll(() => scene?.stack.stop());

describe("a signed webhook", () => {
  let url: string;
  beforeAll(async () => {
    url = await scene.publishHook("signed", { signing: "standard", connection: "sender" });
  });

  it("takes what is signed, once", async () => {
    const body = { id: "s1" };
    const headers = signed(body);
    const first = await read(await post(url, body, headers));
    const again = await read(await post(url, body, headers));
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body["run"]).toBe(first.body["run"]);
    expect(await scene.finish(String(first.body["run"]))).toMatchObject({
      trigger: { deliveryId: headers["webhook-id"] },
    });
  });

  it("S-23 answers a bad signature, an unknown address and one that is off alike, to the byte", async () => {
    const all = async (response: Response) => {
      const { date: _, ...headers } = Object.fromEntries(response.headers);
      return JSON.stringify([response.status, headers, await response.text()]);
    };
    const body = { id: "s1" };
    const path = url.split("/").at(-1) ?? "";
    const answers = [
      await post(url, body),
      await post(url, body, { ...signed(body), "webhook-signature": "v1,AAAA" }),
      await post(url, { id: "s2" }, signed(body)),
      await post(url.replace(path, "0".repeat(48)), body, signed(body)),
      await post(url.replace(path, "short"), body),
      await post(url.replace(path, path.toUpperCase()), body),
    ];
    const texts = await Promise.all(answers.map(all));
    expect(new Set(texts).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
  });
});

it(
  "R-08 many deliveries, each sent one to five times over twenty connections, start one run each",
  { timeout: 120_000 },
  async () => {
    const url = await scene.publishHook("flood", { signing: "standard", connection: "sender" });
    const ids = Number(process.env["RUNBOARD_HOOK_IDS"] ?? 200);
    const sends = Array.from({ length: ids }, (_, n) => {
      const body = { id: `order ${n}` };
      const headers = signed(body, `msg_${n}`);
      return Array.from({ length: 1 + (n % 5) }, () => ({ body, headers }));
    }).flat();
    const order = sends
      .map((send, n) => ({ send, at: (n * 7_919) % sends.length }))
      .sort((a, b) => a.at - b.at);
    const times: number[] = [];
    const statuses = new Map<number, number>();
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let next = order.pop(); next; next = order.pop()) {
          const started = performance.now();
          const { status } = await post(url, next.send.body, next.send.headers);
          times.push(performance.now() - started);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
    expect([...statuses]).toEqual([[202, sends.length]]);
    const { data: workflow } = await scene.client.from("workflows").select("id").eq("slug", "flood").single();
    const { count } = await scene.client
      .from("runs")
      .select("id", { count: "exact", head: true })
      .eq("workflow_id", workflow?.id);
    expect(count).toBe(ids);
    if (process.env["RUNBOARD_HOOK_IDS"]) {
      times.sort((a, b) => a - b);
      console.log(
        `p50 ${times[Math.floor(times.length / 2)]?.toFixed(1)} ms, p95 ${times[Math.floor(times.length * 0.95)]?.toFixed(1)} ms`,
      );
    }
  },
);
