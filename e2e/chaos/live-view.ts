// viewers whose pushes get lost, doubled, reordered and cut must still show what the database holds. A viewer that trusts the pushes
// does not: that is the control.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { emptyRunView, foldRunView, type RunView } from "../../src/core/run-view.ts";
import { startProduct } from "../browser/stack.ts";
import { planOf } from "../engine/plan-of.ts";
import { mapOver, step } from "../engine/scenario.ts";
import { setStage } from "../engine/stage.ts";
import { faultySockets, type SocketCounts } from "./faulty-socket.ts";
import { work } from "./plain-worker.ts";
import { seededRandom } from "./random.ts";
import { openViewer, setUpPage, type ViewerCode } from "./viewers.ts";

export interface LiveView {
  readonly viewers: number;
  readonly runs: number;
  readonly events: number;
  readonly pushes: SocketCounts;
  /** Milliseconds from the last event to every view being right. */
  readonly caughtUpMs: number;
  readonly broken: readonly string[];
  /** Events the control, which counts only what was pushed, did not see. */
  readonly missedByControl: number;
}

class Viewer {
  readonly views = new Map<string, RunView>();
  readonly pushed = new Map<string, Set<number>>();
  readonly broken: string[] = [];
  /** Whether some of its topics were joined. */
  joined = false;

  watch({ feed, topics }: ViewerCode, runId: string): void {
    this.views.set(runId, emptyRunView(runId));
    const seen = new Set<number>();
    this.pushed.set(runId, seen);
    let last = 0;
    feed.openRunFeed(runId, (events) => {
      for (const event of events) {
        if (event.seq !== last + 1) this.broken.push(`${runId}: event ${event.seq} came after ${last}`);
        last = event.seq;
      }
      this.views.set(runId, foldRunView(this.views.get(runId) ?? emptyRunView(runId), events));
    });
    topics.joinTopic(`run:${runId}`, {
      onEvents: (events) => {
        for (const { seq } of events) seen.add(seq);
      },
      onState: (state) => {
        this.joined ||= state === "joined";
      },
    });
  }
}

/** @param size viewers, runs (each is watched by one viewer or more), and items of each run's map: about five events an item */
export async function liveView(
  seed: number,
  size: { viewers: number; runs: number; items: number },
  onNews: (text: string) => void,
): Promise<LiveView> {
  const random = seededRandom(seed);
  const sockets = faultySockets(random, {
    dropped: 0.3,
    doubled: 0.1,
    delayed: 0.2,
    cutEveryMs: [200, 3_000],
  });
  const product = await startProduct({
    args: ["--api-only"],
    // Its own worker takes nothing, so that the pace is ours.
    env: { RUNBOARD_WORKER_CONCURRENCY: "0" },
  });
  const sql = postgres(databaseOf(product.home), { max: 4, onnotice: () => {} });
  const left: (() => void)[] = [];
  try {
    const stage = await setStage(sql);
    setUpPage(product.url, await signUp(product.url, sql, stage.workspaceId), sockets.Socket);
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
    for (let n = 0; n < size.viewers; n += 1) {
      const code = await openViewer(n);
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
    sockets.calm();
    let broken = await compare(sql, viewers);
    while (broken.length > 0 && performance.now() - ended < 60_000) {
      await sleep(250);
      broken = await compare(sql, viewers);
    }
    const caughtUpMs = Math.round(performance.now() - ended);
    const [stored] = await sql<
      { n: number }[]
    >`select count(*)::int as n from public.run_events where workspace_id = ${stage.workspaceId}`;
    const lasts = await sql<
      { id: string; last: number }[]
    >`select id, last_seq::int as last from public.runs where id = any(${runs})`;
    const lastOf = new Map(lasts.map(({ id, last }) => [id, last]));
    const missedByControl = viewers
      .flatMap((viewer) => [...viewer.pushed])
      .reduce((sum, [run, seen]) => sum + (lastOf.get(run) ?? 0) - seen.size, 0);
    return {
      viewers: size.viewers,
      runs: size.runs,
      events: stored?.n ?? 0,
      pushes: sockets.counts,
      caughtUpMs,
      broken: [...broken, ...viewers.flatMap((viewer) => viewer.broken)],
      missedByControl,
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

/** What a view shows otherwise than the rows. */
async function compare(sql: postgres.Sql, viewers: readonly Viewer[]): Promise<string[]> {
  const broken: string[] = [];
  const ids = viewers.flatMap(({ views }) => [...views.keys()]);
  const rows = await sql<{ id: string; status: string; last: number; steps: string }[]>`
    select id, status, last_seq::int as last, (
      select string_agg(step_key || ' ' || item_path::text || ' ' || status || ' ' || attempt, E'\n' order by step_key, item_path)
      from public.steps where run_id = id) as steps
    from public.runs where id = any(${ids})`;
  const runs = new Map(rows.map((row) => [row.id, row]));
  for (const { views } of viewers) {
    for (const [id, view] of views) {
      const row = runs.get(id);
      if (row?.status !== view.status || row.last !== view.lastSeq) {
        broken.push(`${id}: shown as ${view.status} at ${view.lastSeq}, is ${row?.status} at ${row?.last}`);
        continue;
      }
      const shown = [...view.steps.values()].map(
        (one) => `${one.stepKey} {${one.itemPath.join(",")}} ${one.status} ${one.attempt}`,
      );
      if (shown.toSorted().join("\n") !== row.steps.split("\n").toSorted().join("\n"))
        broken.push(`${id}: its steps are shown otherwise`);
    }
  }
  return broken;
}
