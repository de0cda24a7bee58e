// The person who is asked whether an effect of unknown outcome happened: looks at the other side, then decides.
import type postgres from "postgres";
import { asUser } from "../engine/play.ts";
import type { Stage } from "../engine/stage.ts";
import { isOutage } from "./cluster.ts";
import type { EffectSink } from "./effect-sink.ts";

export interface Person {
  /** How often this one said: do it again. By caller. */
  readonly repeated: ReadonlyMap<string, number>;
  readonly decisions: number;
  /** Answers what is open; returns how many there were. */
  answerAll(): Promise<number>;
}

export function openPerson(sql: postgres.Sql, stage: Stage, sink: EffectSink): Person {
  const repeated = new Map<string, number>();
  let decisions = 0;

  async function answerAll(): Promise<number> {
    const open = await sql<{ id: string; caller: string }[]>`
      select id, run_id || ' ' || step_key || ' ' || coalesce(item_path[cardinality(item_path)]::text, '') as caller
      from public.approvals where status = 'open' and purpose = 'reconcile' limit 200`;
    for (const { id, caller } of open) {
      const happened = (sink.effectOf(caller)?.done ?? 0) > 0;
      const verdict = happened ? "treat_as_done" : "do_it_again";
      const payload = happened ? { status: 200, headers: {}, body: { ok: true } } : null;
      // Counted before: the answer may be lost after the decision was taken.
      if (!happened) repeated.set(caller, (repeated.get(caller) ?? 0) + 1);
      await asUser(
        sql,
        stage,
        (tx) =>
          tx`select public.decide_approval(${id}, ${verdict}, null, ${payload === null ? null : sql.json(payload)}) as answer`,
      ).catch((error: unknown) => {
        if (!isOutage(error) && !isDecided(error)) throw error;
      });
      decisions += 1;
    }
    return open.length;
  }
  return {
    repeated,
    get decisions() {
      return decisions;
    },
    answerAll,
  };
}

/** An answer that was lost had counted. */
function isDecided(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "RB409";
}
