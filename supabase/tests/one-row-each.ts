// Puts one row of workspace Alpha into every table that castPeople leaves empty.
import { randomUUID } from "node:crypto";
import type { TestDatabase } from "../../e2e/database.ts";
import type { Cast } from "./people.ts";

const HASH = "a".repeat(64);

/** Rows are written past triggers and references: who may see a row does not depend on how it came to be. */
export async function putOneRowEach(
  db: TestDatabase,
  { alpha, ids }: Cast,
): Promise<{ run: string; workflow: string }> {
  const run = randomUUID();
  const [workflow] = await db.asUser(ids.editor)`
    select id from public.create_workflow(${alpha}, 'site-check', 'Site check')`;
  await db.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      insert into public.versions (workflow_id, n, workspace_id, channel, graph, plan, plan_hash)
      values (${workflow!["id"]}, 1, ${alpha}, 'published', '{}', '{}', ${HASH})`;
    await tx`
      insert into public.connections (workspace_id, slug, kind, title, has_secret)
      values (${alpha}, 'practice', 'mcp', 'Practice', true)`;
    await tx`
      insert into engine.connection_secrets (connection_id, sealed)
      select id, '{"ciphertext": "canary"}' from public.connections where slug = 'practice'`;
    await tx`
      insert into public.tools (workspace_id, connection, name, input_schema, effect, effect_from, schema_hash)
      values (${alpha}, 'practice', 'echo', '{}', 'read', 'default', ${HASH})`;
    await tx`
      insert into public.runs (id, workspace_id, workflow_id, version, plan_hash, title, lane, key_run)
      values (${run}, ${alpha}, ${workflow!["id"]}, 1, ${HASH}, 'Site check', 'A', ${run})`;
    await tx`insert into public.run_payloads (run_id, workspace_id) values (${run}, ${alpha})`;
    await tx`
      insert into public.steps
        (run_id, step_key, workspace_id, plan_step, node_id, kind, title, rank, priority, status, attempt_limit)
      values (${run}, 'fetch', ${alpha}, 1, 'n1', 'http-request', 'Fetch', 1, 100, 'pending', 4)`;
    await tx`insert into public.step_payloads (run_id, step_key, workspace_id) values (${run}, 'fetch', ${alpha})`;
    await tx`
      insert into public.attempts (run_id, step_key, n, workspace_id, worker, started_at)
      values (${run}, 'fetch', 1, ${alpha}, 'w', now())`;
    await tx`
      insert into public.attempt_payloads (run_id, step_key, n, workspace_id) values (${run}, 'fetch', 1, ${alpha})`;
    await tx`
      insert into public.run_events (run_created_at, run_id, seq, workspace_id, kind, status, at)
      values (now(), ${run}, 1, ${alpha}, 'run.queued', 'queued', now())`;
    await tx`
      insert into public.rollups (workspace_id, workflow_id, lane, hour) values (${alpha}, ${workflow!["id"]}, 'A', now())`;
    await tx`
      insert into public.proofs
        (run_id, n, workspace_id, step_key, attempt, verifier, kind, required, verdict, evidence, evidence_hash, prev_hash, hash, at)
      values (${run}, 1, ${alpha}, 'fetch', 1, 'shape', 'json_schema', true, 'passed', '{}', ${HASH}, ${HASH}, ${HASH}, now())`;
    await tx`
      insert into public.artifacts (run_id, workspace_id, kind, title, mime, bytes, sha256, body)
      values (${run}, ${alpha}, 'text', 'Report', 'text/plain', 2, ${HASH}, 'ok')`;
    await tx`
      insert into public.operations (id, workspace_id, verb, filter, total, created_by)
      values (${run}, ${alpha}, 'retry', '{"status": "failed"}', 1, ${ids.owner})`;
    await tx`
      insert into public.operation_runs (operation_id, run_id, workspace_id, n) values (${run}, ${run}, ${alpha}, 1)`;
    await tx`
      insert into public.approvals (run_id, step_key, attempt, workspace_id, purpose, title, opened_at)
      values (${run}, 'ask', 1, ${alpha}, 'approval', 'Send it?', now())`;
    const [trigger] = await tx`
      insert into public.triggers (workspace_id, workflow_id, key, kind)
      values (${alpha}, ${workflow!["id"]}, 'hook', 'trigger-webhook') returning id`;
    await tx`
      insert into public.hook_paths (trigger_id, workspace_id, path) values (${trigger!["id"]}, ${alpha}, ${"b".repeat(48)})`;
    const [firing] = await tx`
      insert into public.firings (workspace_id, workflow_id, trigger_id, dedupe_key, due_at)
      values (${alpha}, ${workflow!["id"]}, ${trigger!["id"]}, 'one', now()) returning id`;
    await tx`
      insert into public.firing_payloads (firing_id, workspace_id, event) values (${firing!["id"]}, ${alpha}, '{}')`;
  });
  return { run, workflow: workflow!["id"] };
}
