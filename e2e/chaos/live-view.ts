// viewers whose pushes get lost, doubled, reordered and cut must still show what the database holds. A viewer that trusts the pushes
// does not: that is the control.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { startProduct } from "../browser/stack.ts";
import { planOf } from "../engine/plan-of.ts";
import { mapOver, step } from "../engine/scenario.ts";
import { type Stage, setStage } from "../engine/stage.ts";
import { faultySockets, type SocketCounts } from "./faulty-socket.ts";
import { work } from "./plain-worker.ts";
import { seededRandom } from "./random.ts";
import { openViewer, setUpPage } from "./viewers.ts";
import { Viewer, compareViews } from "./watching.ts";

export interface LiveView {
  readonly runs: number;
  readonly events: number;
  /** What the sockets did, by viewer. */
  readonly sockets: readonly SocketCounts[];
  /** Events of watched runs that no view knew in the end, and events handed on twice or out of order. */
  readonly missed: number;
  readonly doubled: number;
  /** Milliseconds from the last event to every view being right. */
  readonly rightAfterMs: number;
  /** Milliseconds a new view took for one run's events, from the first read to the last, one per view. */
  readonly catchUps: { readonly events: number; readonly ms: readonly number[] };
  readonly broken: readonly string[];
  /** Events that a viewer who trusts the pushes did not see. */
  readonly unpushed: number;
}

const faults = { dropped: 0.3, doubled: 0.1, delayed: 0.2, cutEveryMs: [200, 3_000] } as const;

/**
 * @param size viewers, runs (each is watched by one viewer or more), items of each run's map (about five events an item), and of the run
 *             that `catchUps` views are opened on once it has ended
 */
export async function liveView(
  seed: number,
  size: { viewers: number; runs: number; items: number; catchUpItems: number; catchUps: number },
  onNews: (text: string) => void,
): Promise<LiveView> {
  const random = seededRandom(seed);
  const sockets = Array.from({ length: size.viewers }, (_, n) =>
    faultySockets(random.fork(`viewer ${n}`), faults),
  );
  const product = await startProduct({
    args: ["--api-only"],
    // Its own worker takes nothing, so that the pace is ours.
    env: { RUNBOARD_WORKER_CONCURRENCY: "0" },
  });
  const sql = postgres(databaseOf(product.home), { max: 4, onnotice: () => {} });
  const left: (() => void)[] = [];
  try {
    const stage = await setStage(sql);
    setUpPage(product.url, await signUp(product.url, sql, stage.workspaceId));
    const workflow = await stage.publish(
      "watched",
      planOf(
        {
          steps: [
            step("first"),
            ...mapOver("each", [step("work")], { after: ["first"], concurrency: 4 }),
            step("last", { after: ["each"] }),
          ],
        },
        "Watched",
      ),
    );
    // Held back until everybody watches.
    await sql`update public.lanes set paused = true where workspace_id = ${stage.workspaceId}`;
    const runs = (
      await sql<{ id: string }[]>`
        select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') ->> 'run_id' as id from generate_series(1, ${size.runs})`
    ).map(({ id }) => id);
    const viewers: Viewer[] = [];
    for (const [n, { Socket }] of sockets.entries()) {
      const code = await openViewer(n, Socket);
      left.push(() => code.leave());
      const viewer = new Viewer();
      viewers.push(viewer);
      for (const [at, run] of runs.entries())
        if (at % size.viewers === n % runs.length) viewer.watch(code, run);
    }
    for (
      const until = performance.now() + 15_000;
      performance.now() < until && viewers.some((one) => !one.joined);
    )
      await sleep(50);
    onNews(`${size.viewers} viewers watch ${size.runs} runs`);
    await sql`update public.lanes set paused = false where workspace_id = ${stage.workspaceId}`;
    await sql`select engine.release_lane(${stage.workspaceId}, 'A')`;
    const pace = { limit: 8, items: size.items, pauseMs: 120 };
    await Promise.all(["w1", "w2"].map((name) => work(databaseOf(product.home), name, pace).done(workflow)));
    const ended = performance.now();
    onNews("every run ended");
    for (const socket of sockets) socket.calm();
    let compared = await compareViews(sql, viewers);
    while (compared.broken.length > 0 && performance.now() - ended < 60_000) {
      await sleep(250);
      compared = await compareViews(sql, viewers);
    }
    const rightAfterMs = Math.round(performance.now() - ended);
    const lasts = await sql<
      { id: string; last: number }[]
    >`select id, last_seq::int as last from public.runs where id = any(${runs})`;
    const lastOf = new Map(lasts.map(({ id, last }) => [id, last]));
    const unpushed = viewers
      .flatMap((viewer) => [...viewer.pushed])
      .reduce((sum, [run, seen]) => sum + (lastOf.get(run) ?? 0) - seen.size, 0);
    for (const leave of left.splice(0)) leave();
    return {
      runs: size.runs,
      events: lasts.reduce((sum, { last }) => sum + last, 0),
      sockets: sockets.map(({ counts }) => counts),
      missed: compared.missed,
      doubled: viewers.reduce((sum, { wrongEvents }) => sum + wrongEvents, 0),
      rightAfterMs,
      catchUps: await catchUp(product.home, stage, workflow, size),
      broken: compared.broken,
      unpushed,
    };
  } finally {
    for (const leave of left) leave();
    await sql.end({ timeout: 1 });
    await product.stop();
  }
}

function databaseOf(home: string): string {
  const port = readFileSync(join(home, "postgres/postmaster.pid"), "utf8").split("\n")[3]?.trim();
  const password = /^RUNBOARD_POSTGRES_PASSWORD=(.*)$/m.exec(
    readFileSync(join(home, "secrets.env"), "utf8"),
  )?.[1];
  return `postgres://supabase_admin:${encodeURIComponent(password ?? "")}@127.0.0.1:${port}/postgres`;
}

/** Makes an account that may see the workspace. @returns its session as the page keeps it */
async function signUp(url: string, sql: postgres.Sql, workspaceId: string): Promise<string> {
  const config: unknown = await fetch(`${url}/config.json`).then((answer) => answer.json());
  const key =
    typeof config === "object" && config !== null && "publishableKey" in config
      ? String(config.publishableKey)
      : "";
  const client = createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false } });
  const { data, error } = await client.auth.signUp({
    email: "viewer@example.com",
    password: "correct horse battery",
  });
  if (error || !data.user || !data.session)
    throw new Error(`No account was made: ${error?.message ?? "no session"}`);
  await sql`
    insert into public.members (workspace_id, user_id, role, may_see_payloads) values (${workspaceId}, ${data.user.id}, 'viewer', true)
    on conflict do nothing`;
  return JSON.stringify(data.session);
}

/** Opens views on a run that has ended already, one after the other, each until it knows the last event. */
async function catchUp(
  home: string,
  stage: Stage,
  workflow: string,
  { viewers, catchUpItems, catchUps }: { viewers: number; catchUpItems: number; catchUps: number },
): Promise<LiveView["catchUps"]> {
  const sql = postgres(databaseOf(home), { max: 1, onnotice: () => {} });
  try {
    const [run] = await sql<{ id: string }[]>`
      select engine.start_run_as(${stage.userId}, ${workflow}, '{}', '{}') ->> 'run_id' as id`;
    const id = run?.id ?? "";
    await work(databaseOf(home), "w1", { limit: 100, items: catchUpItems }).done(workflow);
    const [row] = await sql<
      { last: number }[]
    >`select last_seq::int as last from public.runs where id = ${id}`;
    const last = row?.last ?? 0;
    const ms: number[] = [];
    for (let n = 0; n < catchUps; n += 1) {
      const code = await openViewer(viewers + n, WebSocket);
      const began = performance.now();
      await new Promise<void>((done) => {
        const feed = code.feed.openRunFeed(id, (events) => {
          if (events.at(-1)?.seq !== last) return;
          ms.push(Math.round(performance.now() - began));
          feed.close();
          done();
        });
      });
      code.leave();
    }
    return { events: last, ms };
  } finally {
    await sql.end();
  }
}
