// Processes that die between what happened and the run it starts: one run each, whatever the moment.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CrashPoint } from "../../edge-functions/_shared/crash-points.ts";
import { startDenoFunction, type DenoFunction } from "../servers/deno-process.ts";
import { openTriggerScene, triggered, type TriggerScene } from "../servers/trigger-scene.ts";

let scene: TriggerScene;
const started: DenoFunction[] = [];

beforeAll(async () => {
  scene = await openTriggerScene();
});
afterAll(async () => {
  await Promise.all(started.map((one) => one.kill()));
  await scene?.close();
});

async function start(name: "hooks" | "run-steps", crashPoint?: CrashPoint): Promise<DenoFunction> {
  const made = await startDenoFunction(name, {
    RUNBOARD_ENGINE_DB_URL: scene.db.engineUrl,
    RUNBOARD_WORKER_SECRET: "worker-secret",
    SUPABASE_URL: "http://127.0.0.1:9",
    SUPABASE_SERVICE_ROLE_KEY: "unused",
    ...(crashPoint === undefined ? {} : { RUNBOARD_CRASH_POINT: crashPoint }),
  });
  started.push(made);
  return made;
}

const runsOf = async (slug: string) => (await scene.runs()).filter((run) => run["slug"] === slug).length;

it.each(["before_fire_hook", "after_fire_hook"] as const)(
  "a delivery whose answer was lost because the function died %s starts one run when it is sent again",
  { timeout: 240_000 },
  async (point) => {
    const slug = `hook-${point.replaceAll("_", "-")}`;
    const id = await scene.publish(slug, triggered("trigger-webhook", {}));
    const [row] = await scene.db.sql`
      select path from public.hook_paths join public.triggers on triggers.id = trigger_id where workflow_id = ${id}`;
    const send = ({ url }: DenoFunction) =>
      fetch(`${url}/hooks/${row?.["path"]}`, {
        method: "POST",
        headers: { "content-type": "application/json", "webhook-id": "one" },
        body: '{"note": "hello"}',
      }).then(
        async (answer) => (await answer.json()) as { run: string; repeated: boolean },
        () => null,
      );
    const doomed = await start("hooks", point);
    expect(await send(doomed)).toBeNull();
    expect(await doomed.ended).toBe(137);
    const again = await send(await start("hooks"));
    expect(again).toEqual({ run: expect.any(String), repeated: point === "after_fire_hook" });
    expect(await runsOf(slug)).toBe(1);
  },
);

it.each(["after_open_firings", "after_fire"] as const)(
  "the word of an ended run whose worker died %s starts one run when the next worker looks",
  { timeout: 240_000 },
  async (point) => {
    const slug = `alarm-${point.replaceAll("_", "-")}`;
    await scene.publish(slug, triggered("trigger-manual", {}));
    const first = await scene.publish(
      `first-${point.replaceAll("_", "-")}`,
      triggered("trigger-manual", {}, { settings: { errorWorkflow: slug } }),
    );
    await scene.start(first, { note: "hello" });
    await scene.endRuns("failed");
    const poke = ({ url }: DenoFunction) =>
      fetch(url, { method: "POST", headers: { "x-runboard-worker": "worker-secret" } }).then(
        (answer) => answer.text(),
        () => null,
      );
    const doomed = await start("run-steps", point);
    expect(await poke(doomed)).toBeNull();
    expect(await doomed.ended).toBe(137);
    // What the dead worker had opened comes round again by itself after half a minute.
    await scene.db.sql`update public.firings set due_at = engine.now() where status = 'pending'`;
    const next = await start("run-steps");
    expect(await poke(next)).not.toBeNull();
    expect(await runsOf(slug)).toBe(1);
  },
);
