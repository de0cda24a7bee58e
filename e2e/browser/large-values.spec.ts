// A value too large for a row: its beginning is read on the run page, all of it is saved.
import { readFile } from "node:fs/promises";
import { createClient } from "@supabase/supabase-js";
import { expect, owner, test } from "./product.ts";
import { RunPage } from "./pages/run-page.ts";

/** Two megabytes, of which the page shows the beginning. */
const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n} ${"of a long report ".repeat(5)}`);

const at = (x: number) => ({ x, y: 0 });
const doc = {
  schemaVersion: 1,
  input: { type: "object", properties: { lines: { type: "array", items: { type: "string" } } } },
  nodes: [
    { id: "n1", key: "start", kind: "trigger-manual", position: at(0) },
    {
      id: "n2",
      key: "gather",
      kind: "transform",
      title: "Gather",
      config: { fields: { lines: { ref: "input.lines" }, count: { literal: 20_000 } } },
      position: at(288),
    },
    {
      id: "n3",
      key: "keep",
      kind: "artifact",
      title: "Keep the report",
      config: { kind: "json" },
      inputs: { title: { literal: "Long report" }, content: { ref: "steps.gather.output.value.lines" } },
      position: at(576),
    },
  ],
  edges: [
    { id: "e1", source: "n1", sourcePort: "input", target: "n2" },
    { id: "e2", source: "n2", sourcePort: "value", target: "n3" },
  ],
  output: { seventh: { ref: "steps.gather.output.value.lines[7]" } },
};

async function runLarge(url: string): Promise<string> {
  const { publishableKey } = await (await fetch(`${url}/config.json`)).json();
  const api = createClient(url, publishableKey, { auth: { persistSession: false } });
  await api.auth.signInWithPassword(owner);
  const { data: workspace } = await api.from("workspaces").select("id").single().throwOnError();
  const made = await api
    .rpc("create_workflow", {
      workspace: workspace.id,
      slug: "long-report",
      title: "Long report",
      description: "",
      doc,
    })
    .throwOnError();
  const published = await api.functions.invoke("publish", { body: { workflowId: made.data.id } });
  if (published.error) throw published.error;
  const started = await api
    .rpc("start_run", { workflow: made.data.id, input: { lines }, options: {} })
    .throwOnError();
  const run: string = started.data.run_id;
  await expect
    .poll(async () => (await api.from("runs").select("status").eq("id", run).single()).data?.status, {
      timeout: 30_000,
    })
    .toBe("succeeded");
  return run;
}

test("a large output shows its beginning and is downloaded whole", async ({ page, workspace }) => {
  const run = await runLarge(workspace.url);
  const opened = new RunPage(page);
  await opened.open(workspace.slug, run);
  await page.getByText("Gather").first().click();
  const output = page.getByRole("region", { name: "value.lines, stored as a file" });
  await expect(
    output.getByText(/^The first 65\.5 kB of 1\.\d MB$|^The first 65\.5 kB of 2\.\d MB$/),
  ).toBeVisible();
  await expect(output.getByText(/line 7 of a long report/).first()).toBeVisible();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    output.getByRole("button", { name: "Download" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("value-lines.json");
  expect(JSON.parse(await readFile(await saved.path(), "utf8"))).toEqual(lines);
});

test("a part of a file is shown and downloaded as what it is", async ({ page, workspace }) => {
  await page.goto(`/w/${workspace.slug}/board`);
  await page.getByText("Long report").first().click();
  await page.getByRole("tab", { name: "Input and output" }).click();
  const output = page.getByRole("region", { name: "seventh, stored as a file" });
  await expect(output.getByText("line 7 of a long report", { exact: false }).first()).toBeVisible();
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    output.getByRole("button", { name: "Download" }).click(),
  ]);
  expect(JSON.parse(await readFile(await saved.path(), "utf8"))).toEqual(lines[7]);
});
