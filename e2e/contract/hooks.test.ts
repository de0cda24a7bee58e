import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHooksScene, post, read, type HooksScene } from "./hooks-scene.ts";

let scene: HooksScene;

beforeAll(async () => {
  scene = await openHooksScene();
}, 120_000);
afterAll(() => scene?.stack.stop());

describe("an unsigned webhook", () => {
  let url: string;
  beforeAll(async () => {
    url = await scene.publishHook("plain", { maxBytes: 200_000 });
  });

  it("starts a run with what fits of the body, and answers with its id", async () => {
    const taken = await read(await post(`${url}?shop=north`, { id: "a1", total: 3, other: true }));
    expect(taken).toEqual({ status: 202, body: { run: expect.any(String), repeated: false } });
    expect(await scene.finish(String(taken.body["run"]))).toMatchObject({
      status: "succeeded",
      trigger: { kind: "webhook", key: "order_came" },
      run_payloads: { input: { id: "a1", total: 3 }, output: { id: "a1" } },
    });
  });

  it("starts one run for one id, and refuses that id for another body", async () => {
    const headers = { "webhook-id": "order-7" };
    const first = await read(await post(url, { id: "a7" }, headers));
    const again = await read(await post(url, { id: "a7" }, headers));
    const other = await read(await post(url, { id: "a8" }, headers));
    expect([first.status, again.status, other.status]).toEqual([202, 202, 409]);
    expect(again.body).toEqual({ run: first.body["run"], repeated: true });
    expect(other.body["code"]).toBe("RB409");
  });

  it("says what does not fit, keeps the delivery, and takes it again later", async () => {
    const headers = { "webhook-id": "order-9" };
    const refused = await read(await post(url, { total: 1 }, headers));
    expect(refused).toEqual({
      status: 422,
      body: {
        code: "input_invalid",
        message:
          "The event does not give the input this workflow asks for. id: This is required, and it is missing.",
        hint: "Change what the trigger maps, or what is sent.",
      },
    });
    const { data } = await scene.client
      .from("firings")
      .select("status, error")
      .eq("dedupe_key", "order-9")
      .single();
    expect(data).toMatchObject({ status: "failed", error: { code: "input_invalid" } });
    expect((await post(url, { total: 1 }, headers)).status).toBe(422);
  });

  it("keeps the raw body, and none of the sender's credentials", async () => {
    const raw = '{ "id":"raw",  "total": 1 }';
    await post(url, raw, {
      "webhook-id": "raw-1",
      authorization: "Bearer hush",
      "x-shop": "north",
      "x-api-key": "hush",
    });
    const { data } = await scene.client
      .from("firings")
      .select("firing_payloads(event, raw)")
      .eq("dedupe_key", "raw-1")
      .single();
    const payload = data!.firing_payloads as unknown as {
      event: { headers: Record<string, string> };
      raw: string;
    };
    expect(Buffer.from(payload.raw.replace(/^\\x/, ""), "hex").toString()).toBe(raw);
    expect(payload.event.headers["x-shop"]).toBe("north");
    expect(JSON.stringify(payload.event)).not.toContain("hush");
  });

  it("keeps a body over 64 KB as a file", async () => {
    const taken = await read(
      await post(url, { id: "large", filler: "x".repeat(100_000) }, { "webhook-id": "large-1" }),
    );
    expect(taken.status).toBe(202);
    const { data } = await scene.client
      .from("firings")
      .select("firing_payloads(raw, raw_path)")
      .eq("dedupe_key", "large-1")
      .single();
    const { raw, raw_path: path } = data!.firing_payloads as unknown as { raw: null; raw_path: string };
    expect(raw).toBeNull();
    const file = await scene.client.storage.from("runs").download(path);
    expect((await file.data?.text())?.length).toBeGreaterThan(100_000);
  });

  it("refuses what is too large, also when it is packed small", async () => {
    const large = { id: "x".repeat(300_000) };
    expect((await post(url, large)).status).toBe(413);
    const packed = Uint8Array.from(gzipSync(JSON.stringify(large)));
    expect((await post(url, packed, { "content-encoding": "gzip" })).status).toBe(413);
  });

  it("takes only the type it declares, and only POST", async () => {
    expect((await post(url, "id=a1", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(
      415,
    );
    expect((await post(url, "{", {})).status).toBe(400);
    expect((await fetch(url)).status).toBe(405);
  });

  it("stops when it is switched off, and its address when it is given another", async () => {
    const off = await scene.publishHook("switched", {});
    const { data } = await scene.client
      .from("triggers")
      .select("id, workflows!inner(slug)")
      .eq("workflows.slug", "switched")
      .single();
    expect(
      (await scene.client.rpc("set_trigger", { trigger: data?.id, patch: { new_path: true } })).error,
    ).toBeNull();
    expect((await post(off, { id: "a1" })).status).toBe(404);
    const moved = await scene.address("switched");
    expect((await post(moved, { id: "a1" })).status).toBe(202);
    await scene.client.rpc("set_trigger", { trigger: data?.id, patch: { enabled: false } });
    expect((await post(moved, { id: "a1" })).status).toBe(404);
  });

  it("answers 429 with a time to wait over its cap", async () => {
    const capped = await scene.publishHook("capped", { maxPerMinute: 3 });
    const answers = [];
    for (let n = 0; n < 5; n++) answers.push(await post(capped, { id: `c${n}` }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 429, 429]);
    expect(answers[4]?.headers.get("retry-after")).toBe("60");
  });

  it("names its deliveries by an expression", async () => {
    const named = await scene.publishHook("named", { dedupe: "event.body.id" });
    const [one, two, three] = await Promise.all([
      post(named, { id: "n1" }),
      post(named, { id: "n1" }),
      post(named, { id: "n2" }),
    ]);
    const runs = await Promise.all(
      [one, two, three].map(async (answer) => (await read(answer!)).body["run"]),
    );
    expect(new Set(runs).size).toBe(2);
    expect(runs[0]).toBe(runs[1]);
  });
});
