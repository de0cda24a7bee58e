// Steps that wait for somebody else: what one worker does at once is bounded by its slots, and not by the processors.
import { createServer } from "node:http";
import { callOnce } from "../chaos/outage.ts";
import { listen } from "../servers/listen.ts";
import { startRuns, waitForRuns } from "./loads.ts";
import type { Rig } from "./rig.ts";

const CALLS = 800;
const ANSWER_AFTER_MS = 1_000;

export interface SlowCalls {
  /** Starts runs of one call each, answered after a second. @returns calls per second, from the first start to the last end */
  rate(): Promise<number>;
  close(): Promise<void>;
}

export async function openSlowCalls(rig: Rig): Promise<SlowCalls> {
  const server = await listen(
    createServer((request, response) => {
      request.resume();
      setTimeout(
        () => response.writeHead(200, { "content-type": "application/json" }).end("{}"),
        ANSWER_AFTER_MS,
      );
    }),
  );
  const workflow = await rig.stage.publish("slow-call", callOnce(`${server.url}/slow`));
  return {
    async rate() {
      const began = performance.now();
      const runs = await startRuns(rig.sql, rig, workflow, CALLS);
      await waitForRuns(rig.sql, runs);
      return Math.round(CALLS / ((performance.now() - began) / 1_000));
    },
    close: () => server.close(),
  };
}
