// `runboard workflow import|export|validate|publish|list`.
import { writeFileSync } from "node:fs";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Command } from "commander";
import { z } from "zod";
import { compile } from "../../core/compile.ts";
import type { Surroundings } from "../../core/node.ts";
import { pinTools } from "../../core/pin-tools.ts";
import { registry } from "../../nodes/registry.gen.ts";
import { callFunction, callVerb, type Api, type Workspace } from "../api.ts";
import { CliError, serverError } from "../cli-error.ts";
import { loadSaved } from "../config.ts";
import { show, table } from "../output.ts";
import { readSurroundings, readTools } from "../surroundings.ts";
import { readWorkflowFile } from "../workflow-file.ts";
import { findWorkflow, WorkflowRow, workflowColumns } from "../workflows-read.ts";
import { openWorkspace, withSharedOptions, type SharedOptions } from "./program.ts";

const digest = (utf8: Uint8Array) => bytesToHex(sha256(utf8));

async function importFile(
  api: Api,
  workspace: Workspace,
  path: string,
): Promise<{ slug: string; id: string; revision: number; updated: boolean }> {
  const file = readWorkflowFile(path, api.url);
  const doc = pinTools(file.doc, await readTools(api, workspace));
  const found = await findWorkflow(api, workspace, file.slug, { mayBeMissing: true });
  if (found === null) {
    const made = WorkflowRow.parse(
      await callVerb(api, "create_workflow", {
        workspace: workspace.id,
        slug: file.slug,
        title: file.title,
        description: file.description,
        doc,
      }),
    );
    return { slug: made.slug, id: made.id, revision: 1, updated: false };
  }
  const { data, error } = await api.client
    .from("drafts")
    .select("revision")
    .eq("workflow_id", found.id)
    .single();
  if (error !== null) throw serverError(error);
  const saved = z
    .object({ revision: z.int() })
    .parse(await callVerb(api, "save_draft", { workflow: found.id, doc, revision: data.revision }));
  return { slug: found.slug, id: found.id, revision: saved.revision, updated: true };
}

function addImport(workflow: Command): void {
  withSharedOptions(
    workflow.command("import <files...>").description("make or update workflows from *.workflow.json files"),
  ).action(async (files: string[], options: SharedOptions) => {
    for (const file of files) readWorkflowFile(file, options.url);
    const { api, workspace } = await openWorkspace(options);
    const done = [];
    for (const file of files) done.push(await importFile(api, workspace, file));
    show(
      options,
      done,
      done.map(({ slug, updated }) => `${updated ? "Updated the draft of" : "Imported"} ${slug}.`),
    );
  });
}

function addExport(workflow: Command): void {
  withSharedOptions(
    workflow.command("export <slug>").description("write the draft as a *.workflow.json file"),
  )
    .option("--output <file>", "file to write; standard output without it")
    .action(async (slug: string, options: SharedOptions & { output?: string }) => {
      const { api, workspace } = await openWorkspace(options);
      const found = await findWorkflow(api, workspace, slug);
      const { data, error } = await api.client
        .from("drafts")
        .select("doc")
        .eq("workflow_id", found.id)
        .single();
      if (error !== null) throw serverError(error);
      const file = {
        runboard: 1,
        slug: found.slug,
        title: found.title,
        description: found.description,
        doc: data.doc,
      };
      const text = JSON.stringify(file, null, 2);
      if (options.output === undefined) return console.log(text);
      writeFileSync(options.output, `${text}\n`);
      show(options, { slug, file: options.output }, [`Wrote ${options.output}.`]);
    });
}

function addValidate(workflow: Command): void {
  withSharedOptions(
    workflow
      .command("validate <file>")
      .description("compile a file and say what is wrong with it; changes nothing"),
  ).action(async (path: string, options: SharedOptions) => {
    const file = readWorkflowFile(path, options.url);
    let around: Surroundings = { tools: [], workflows: [], connections: [] };
    if (loadSaved(options.url).session !== undefined) {
      const { api, workspace } = await openWorkspace(options);
      around = await readSurroundings(api, workspace);
    }
    const { plan, diagnostics } = compile(pinTools(file.doc, around.tools), registry, around, {
      title: file.title,
      sha256: digest,
    });
    if (plan === null)
      throw new CliError(
        "not_publishable",
        `${path} cannot be published.`,
        "Mend the errors above, then validate again.",
        { diagnostics },
      );
    show(options, { slug: file.slug, planHash: plan.planHash, steps: plan.steps.length, diagnostics }, [
      `${path} is fine: ${plan.steps.length} steps, plan ${plan.planHash.slice(0, 12)}.`,
      ...diagnostics.map((one) => `  ${one.severity} ${one.code}: ${one.message}`),
    ]);
  });
}

function addPublish(workflow: Command): void {
  withSharedOptions(
    workflow.command("publish <slug>").description("compile the draft and make it the live version"),
  )
    .option("--name <name>", "name of the version")
    .action(async (slug: string, options: SharedOptions & { name?: string }) => {
      const { api, workspace } = await openWorkspace(options);
      const found = await findWorkflow(api, workspace, slug);
      const answer = z
        .looseObject({ version: z.int(), planHash: z.string() })
        .parse(await callFunction(api, "publish", { workflowId: found.id, name: options.name }));
      show(options, { slug, ...answer }, [`Published ${slug} as version ${answer.version}.`]);
    });
}

function addList(workflow: Command): void {
  withSharedOptions(workflow.command("list").description("the workflows of the workspace")).action(
    async (options: SharedOptions) => {
      const { api, workspace } = await openWorkspace(options);
      const { data, error } = await api.client
        .from("workflows")
        .select(workflowColumns)
        .eq("workspace_id", workspace.id)
        .order("slug");
      if (error !== null) throw serverError(error);
      const rows = z.array(WorkflowRow).parse(data);
      show(
        options,
        rows,
        table(
          ["SLUG", "LIVE", "STATUS", "TITLE"],
          rows.map((row) => [
            row.slug,
            row.live_version === null ? "–" : `v${row.live_version}`,
            row.status,
            row.title,
          ]),
        ),
      );
    },
  );
}

export function addWorkflow(program: Command): void {
  const workflow = program.command("workflow").description("workflows and their files");
  for (const add of [addImport, addExport, addValidate, addPublish, addList]) add(workflow);
}
