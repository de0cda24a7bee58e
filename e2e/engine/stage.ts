import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import type { Plan } from "../../src/core/plan.ts";

export interface Stage {
  readonly workspaceId: string;
  /** An operator of the workspace. */
  readonly userId: string;
  /** Stores a plan as the live version of a workflow, made on first use, and returns the workflow's id. */
  publish(slug: string, plan: Plan): Promise<string>;
}

/** A workspace of its own with four lanes and one owner, for tests of the engine. `sql` is a superuser's. */
export async function setStage(sql: postgres.Sql): Promise<Stage> {
  const userId = randomUUID();
  const workspaceId = randomUUID();
  await sql`insert into auth.users (id, email, email_confirmed_at) values (${userId}, ${`${userId}@example.com`}, now())`;
  await sql`insert into public.workspaces (id, slug, name) values (${workspaceId}, ${`w-${workspaceId}`}, 'Stage')`;
  await sql`insert into public.members (workspace_id, user_id, role, may_see_payloads) values (${workspaceId}, ${userId}, 'owner', true)`;
  await sql`
    insert into public.lanes (workspace_id, name, title, colour, position)
    select ${workspaceId}, name, 'Lane ' || name, '#336699', ascii(name) from unnest(array['A', 'B', 'C', 'D']) as name
    on conflict do nothing`;

  async function publish(slug: string, plan: Plan): Promise<string> {
    const [workflow] = await sql<{ id: string }[]>`
      insert into public.workflows (workspace_id, slug, title) values (${workspaceId}, ${slug}, ${plan.title})
      on conflict (workspace_id, slug) do update set title = excluded.title returning id`;
    if (!workflow) throw new Error("The workflow was not stored.");
    const [version] = await sql<{ n: number }[]>`
      insert into public.versions (workflow_id, n, workspace_id, channel, graph, plan, plan_hash)
      select ${workflow.id}, coalesce(max(n), 0) + 1, ${workspaceId}, 'published', '{}', ${sql.json(plan)}, ${plan.planHash}
      from public.versions where workflow_id = ${workflow.id} returning n`;
    await sql`update public.workflows set live_version = ${version?.n ?? null} where id = ${workflow.id}`;
    return workflow.id;
  }
  return { workspaceId, userId, publish };
}
