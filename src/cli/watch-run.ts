// Follows a run to its end: the channel is the doorbell, the database the record.
import { setTimeout as sleep } from "node:timers/promises";
import type { Api } from "./api.ts";
import { isEnded, readEvents, readRun, type EventRow, type RunRow } from "./runs-read.ts";

/** Read again after this long even if nothing rang: the last message of a run can be the lost one. Milliseconds. */
const slowTick = 2_000;

/**
 * @param onEvent called once for each event, in order
 * @returns       the run as it ended
 */
export async function watchRun(api: Api, runId: string, onEvent: (event: EventRow) => void): Promise<RunRow> {
  let ring = () => {};
  const channel = api.client
    .channel(`run:${runId}`, { config: { private: true } })
    .on("broadcast", { event: "run_events" }, () => ring())
    .subscribe();
  let seen = 0;
  try {
    for (;;) {
      const rung = new Promise<void>((resolve) => (ring = resolve));
      const run = await readRun(api, runId);
      const events = await readEvents(api, runId, seen);
      for (const event of events) {
        onEvent(event);
        seen = event.seq;
      }
      if (isEnded(run) && events.length < 1_000) return run;
      const timer = new AbortController();
      await Promise.race([rung, sleep(slowTick, undefined, { signal: timer.signal }).catch(() => {})]);
      timer.abort();
    }
  } finally {
    await api.client.removeChannel(channel);
  }
}
