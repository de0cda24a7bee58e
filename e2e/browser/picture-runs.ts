// Fills a workspace for the README's pictures: workflows and runs in every state, started as a person's own would be.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";

const start = { id: "n1", key: "start", kind: "trigger-manual", position: { x: 0, y: 80 } };
const doc = (input: object, nodes: object[], edges: object[]) => ({
  schemaVersion: 1,
  nodes: [start, ...nodes],
  edges,
  input: { type: "object", properties: input, required: Object.keys(input) },
});

const digest = doc(
  { tickets: { type: "array", items: { type: "string" }, title: "Tickets", maxItems: 5000 } },
  [
    {
      id: "n2",
      key: "each",
      kind: "map",
      title: "For each ticket",
      config: {
        concurrency: 8,
        maxItems: 5000,
        onItemFailure: "fail",
        result: { ref: "steps.line.output.text" },
      },
      inputs: { items: { ref: "input.tickets" } },
      size: { w: 320, h: 200 },
      position: { x: 288, y: 0 },
    },
    {
      id: "n3",
      key: "line",
      kind: "llm",
      title: "Summarise in one line",
      config: { chain: [{ connection: "sandbox", model: "sandbox-1" }], maxTokens: 120 },
      inputs: { prompt: { template: "Summarise: {{ item }}" } },
      parent: "n2",
      position: { x: 48, y: 72 },
    },
  ],
  [{ id: "e1", source: "n1", sourcePort: "input", target: "n2" }],
);

const nightly = doc(
  { day: { type: "string", title: "Day" } },
  [
    {
      id: "n2",
      key: "window",
      kind: "wait",
      title: "Wait for the export window",
      config: { forMs: 2_700_000 },
      position: { x: 288, y: 80 },
    },
    {
      id: "n3",
      key: "total",
      kind: "transform",
      title: "Add up the day",
      config: { fields: { day: { ref: "input.day" } } },
      position: { x: 576, y: 80 },
    },
  ],
  [
    { id: "e1", source: "n1", sourcePort: "input", target: "n2" },
    { id: "e2", source: "n2", sourcePort: "finished", target: "n3" },
  ],
);

interface Crew {
  /** Starts a run of a workflow, by its slug. @returns the run's id */
  run: (slug: string, lane: string, input: object, title?: string) => Promise<string>;
  cancel: (run: string) => Promise<void>;
  /** Waits until a run has one of these statuses. */
  settle: (run: string, ...statuses: string[]) => Promise<void>;
}

async function verb(api: SupabaseClient, name: string, args: object): Promise<Record<string, unknown>> {
  const { data, error } = await api.rpc(name, args);
  if (error) throw error;
  return data;
}

/** Signs in, adds the two workflows above beside the samples, and gives one lane a limit. */
export async function signInCrew(url: string, email: string, password: string): Promise<Crew> {
  const { publishableKey } = await (await fetch(`${url}/config.json`)).json();
  const api = createClient(url, publishableKey);
  const { error } = await api.auth.signInWithPassword({ email, password });
  if (error) throw error;
  const { data: workspace } = await api.from("workspaces").select("id").single().throwOnError();
  const make = async (slug: string, title: string, description: string, drawn: object) => {
    const args = { workspace: workspace.id, slug, title, description, doc: drawn };
    const { id } = await verb(api, "create_workflow", args);
    const published = await api.functions.invoke("publish", { body: { workflowId: id, name: "First" } });
    if (published.error) throw published.error;
  };
  await make("ticket-digest", "Ticket digest", "Writes one line per support ticket.", digest);
  await make("nightly-totals", "Nightly totals", "Waits for the window, then adds up the day.", nightly);
  await verb(api, "set_lane", { workspace: workspace.id, name: "C", patch: { wip_limit: 2 } });
  return {
    async run(slug, lane, input, title) {
      const { data: workflow } = await api
        .from("workflows")
        .select("id")
        .eq("slug", slug)
        .single()
        .throwOnError();
      const options = { lane, ...(title === undefined ? {} : { title }) };
      return String((await verb(api, "start_run", { workflow: workflow.id, input, options }))["run_id"]);
    },
    async cancel(run) {
      await verb(api, "cancel_run", { run });
    },
    async settle(run, ...statuses) {
      for (;;) {
        const { data } = await api.from("runs").select("status").eq("id", run).single().throwOnError();
        if (statuses.includes(data.status)) return;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
  };
}
