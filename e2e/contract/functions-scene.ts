// The functions as they ship: in Deno, behind the gateway, on a fresh database, with one person and her workspace.
import { join } from "node:path";
import type { SupabaseClient } from "@supabase/supabase-js";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

export interface FunctionsScene {
  readonly stack: TestStack;
  readonly client: SupabaseClient;
  readonly workspaceId: string;
  /** Calls a function as the person, or as somebody else. */
  invoke(
    name: string,
    body: object,
    using?: SupabaseClient,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  /** @returns the workflow's id */
  createWorkflow(slug: string, doc: object): Promise<string>;
  /** Creates a workflow and publishes it. @returns its id */
  publish(slug: string, doc: object): Promise<string>;
  /** The run with its payloads, once it has ended. */
  finish(runId: string): Promise<Record<string, unknown>>;
}

const root = join(import.meta.dirname, "../..");

export async function openFunctionsScene(env: Record<string, string> = {}): Promise<FunctionsScene> {
  const stack = await startTestStack({
    migrationsDir: join(root, "supabase/migrations"),
    functionsDir: join(root, "edge-functions"),
    functionsConfig: join(root, "supabase/config.toml"),
    env,
  });
  const { client } = await stack.newUser();
  const { data, error } = await client.rpc("create_workspace", { name: "Functions" });
  if (error) throw error;
  const workspaceId = (data as { id: string }).id;
  const scene: FunctionsScene = {
    stack,
    client,
    workspaceId,
    async invoke(name, body, using = client) {
      const { data: session } = await using.auth.getSession();
      const token = session.session?.access_token;
      const response = await fetch(`${stack.url}/functions/v1/${name}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          apikey: stack.publishableKey,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async createWorkflow(slug, doc) {
      const made = await client.rpc("create_workflow", {
        workspace: workspaceId,
        slug,
        title: slug,
        description: "",
        doc,
      });
      if (made.error) throw made.error;
      return (made.data as { id: string }).id;
    },
    async publish(slug, doc) {
      const workflowId = await scene.createWorkflow(slug, doc);
      const { status, body } = await scene.invoke("publish", { workflowId });
      if (status !== 200) throw new Error(`publish: ${status} ${JSON.stringify(body)}`);
      return workflowId;
    },
    async finish(runId) {
      for (let tries = 0; tries < 500; tries++) {
        const { data: run } = await client
          .from("runs")
          .select("status, trigger, error, run_payloads(input, output)")
          .eq("id", runId)
          .single();
        if (run && ["succeeded", "failed", "cancelled"].includes(String(run.status))) return run;
        await new Promise((done) => setTimeout(done, 50));
      }
      throw new Error("The run did not end.");
    },
  };
  return scene;
}
