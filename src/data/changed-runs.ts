// Reads the rows of runs that changed, in few requests however many bells ring.
import { client } from "./client.ts";
import { readRows } from "./request.ts";
import { RunRow, runColumns } from "./run-rows.ts";
import { readRunsById } from "./runs.ts";

/** Milliseconds bells are gathered before their runs are read. */
const gatherMs = 60;
const mostAtOnce = 100;

export interface ChangedRuns {
  /** These runs changed. */
  ring(runIds: readonly string[]): void;
  /** Reads every open run and those that ended since the last read. */
  read(): Promise<void>;
  /** The sum of changes handed on. */
  seen(): number;
  /** Whether some run is under way. */
  busy(): boolean;
  /** Whether the last read worked. */
  ok(): boolean;
  close(): void;
}

export function openChangedRuns(workspaceId: string, onRuns: (runs: RunRow[]) => void): ChangedRuns {
  const rung = new Set<string>();
  const seqs = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let endedAfter = new Date(Date.now() - 60_000).toISOString();
  let works = true;
  let active = false;
  let changes = 0;

  const hand = (runs: RunRow[]) => {
    const fresh = runs.filter((run) => run.lastSeq > (seqs.get(run.id) ?? -1));
    for (const run of fresh) {
      changes += run.lastSeq - (seqs.get(run.id) ?? 0);
      seqs.set(run.id, run.lastSeq);
      if (run.finishedAt && run.finishedAt > endedAfter) endedAfter = run.finishedAt;
    }
    if (fresh.length > 0) onRuns(fresh);
  };
  const readRung = async () => {
    timer = undefined;
    const ids = [...rung].slice(0, mostAtOnce);
    for (const id of ids) rung.delete(id);
    try {
      hand(await readRunsById(ids));
      works = true;
    } catch {
      works = false;
    }
    schedule();
  };
  const schedule = () => {
    if (rung.size > 0) timer ??= setTimeout(() => void readRung(), gatherMs);
  };
  return {
    ring(runIds) {
      active ||= runIds.length > 0;
      for (const id of runIds) rung.add(id);
      schedule();
    },
    async read() {
      try {
        const query = client().from("runs").select(runColumns).eq("workspace_id", workspaceId);
        const open = query.or(`finished_at.is.null,finished_at.gte."${endedAfter}"`);
        const runs = await readRows(
          RunRow,
          "runs",
          open.order("created_at", { ascending: false }).limit(500),
        );
        active = runs.some((run) => run.finishedAt === null && run.status !== "waiting");
        hand(runs);
        works = true;
      } catch {
        works = false;
      }
    },
    seen: () => changes,
    busy: () => active,
    ok: () => works,
    close() {
      clearTimeout(timer);
      rung.clear();
    },
  };
}
