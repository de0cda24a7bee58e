// One viewer of R-07: what its feeds hand on, what its socket was pushed, and how that compares with the rows.
import type postgres from "postgres";
import { type RunView, emptyRunView, foldRunView } from "../../src/core/run-view.ts";
import type { ViewerCode } from "./viewers.ts";

export class Viewer {
  readonly views = new Map<string, RunView>();
  readonly pushed = new Map<string, Set<number>>();
  /** Events a feed handed on again, or out of their order. */
  wrongEvents = 0;
  /** Whether some of its topics were joined. */
  joined = false;

  watch({ feed, topics }: ViewerCode, runId: string): void {
    this.views.set(runId, emptyRunView(runId));
    const seen = new Set<number>();
    this.pushed.set(runId, seen);
    let last = 0;
    feed.openRunFeed(runId, (events) => {
      for (const event of events) {
        if (event.seq !== last + 1) this.wrongEvents += 1;
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

export interface Compared {
  /** Stored events that a view does not know. */
  readonly missed: number;
  /** What a view shows otherwise than the rows, one line each. */
  readonly broken: string[];
}

/** What the views show otherwise than the rows. */
export async function compareViews(sql: postgres.Sql, viewers: readonly Viewer[]): Promise<Compared> {
  const broken: string[] = [];
  let missed = 0;
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
      missed += Math.max(0, (row?.last ?? 0) - view.lastSeq);
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
  return { missed, broken };
}
