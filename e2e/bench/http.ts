// W4 through the HTTP API: the whole product, as `npm start` runs it, and a signed-in person who starts runs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { startStack } from "../../supabase/embedded/stack.ts";
import { setStage } from "../engine/stage.ts";
import { publishChain, waitForRuns } from "./loads.ts";

/**
 * From sending `POST /rest/v1/rpc/start_run` to the first step running, for one run after the other.
 * @returns milliseconds, one per run
 */
export async function measureHttpStart(count: number, warmUp = 10): Promise<number[]> {
  const home = mkdtempSync(join(tmpdir(), "runboard-bench-"));
  const stack = await startStack({ home, port: 0, onLog: () => {} });
  const sql = postgres(stack.database.adminUrl, { max: 2, onnotice: () => {} });
  try {
    const client = createClient(stack.url, stack.publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false },
    });
    const { data, error } = await client.auth.signUp({
      email: "bench@example.com",
      password: "correct horse battery",
    });
    if (error) throw error;
    const stage = await setStage(sql);
    await sql`
      insert into public.members (workspace_id, user_id, role) values (${stage.workspaceId}, ${data.user?.id ?? ""}, 'operator')`;
    const workflowId = await publishChain({ stage }, "chain");
    const headers = {
      apikey: stack.publishableKey,
      authorization: `Bearer ${data.session?.access_token ?? ""}`,
      "content-type": "application/json",
    };
    const clock = wallClock();
    const measured: number[] = [];
    for (let n = 0; n < count + warmUp; n += 1) {
      const sent = clock();
      const response = await fetch(`${stack.url}/rest/v1/rpc/start_run`, {
        method: "POST",
        headers,
        body: JSON.stringify({ workflow: workflowId, input: {} }),
      });
      if (!response.ok) throw new Error(`start_run answered ${response.status}: ${await response.text()}`);
      const answer: unknown = await response.json();
      const runId =
        typeof answer === "object" && answer !== null && "run_id" in answer ? String(answer.run_id) : "";
      await waitForRuns(sql, [runId], 5);
      const [row] = await sql<{ at: number }[]>`
        select (extract(epoch from started_at) * 1000)::float8 as at from public.runs where id = ${runId}`;
      if (n >= warmUp) measured.push((row?.at ?? Number.NaN) - sent);
    }
    return measured;
  } finally {
    await sql.end({ timeout: 1 });
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** The system's clock, which the database reads too, finer than the millisecond `Date.now` gives. */
function wallClock(): () => number {
  let offset = 0;
  for (const until = performance.now() + 20; performance.now() < until;)
    offset = Math.max(offset, Date.now() - performance.now());
  return () => performance.now() + offset;
}
