// Publishing: compiles a draft with authority and inserts the version. The only way a version comes to be.
import { z } from "zod";
import { compile } from "../../src/core/compile.ts";
import { Json } from "../../src/core/json.ts";
import { openDocument } from "../../src/core/open-document.ts";
import { registry } from "../../src/nodes/registry.gen.ts";
import { asPerson } from "../_shared/as-person.ts";
import { crashPoint } from "../_shared/crash-points.ts";
import { openEngine } from "../_shared/engine.ts";
import { endpoint, HttpError, readJson } from "../_shared/responses.ts";
import { sha256 } from "../_shared/sha256.ts";
import { requireUser } from "../_shared/user.ts";

const Body = z.strictObject({
  workflowId: z.uuid(),
  name: z.string().max(120).nullish(),
  /** The draft's revision the person saw; another one is refused. */
  revision: z.int().nullish(),
  channel: z.enum(["published", "test"]).default("published"),
});

const Draft = z.object({
  workspace_id: z.uuid(),
  revision: z.int(),
  doc: Json,
  workflows: z.object({ title: z.string() }),
});

/** Read as the person, so that row-level security decides whether there is such a draft. */
async function loadDraft(workflowId: string, token: string): Promise<z.infer<typeof Draft>> {
  const columns = "workspace_id, revision, doc, workflows(title)";
  const { data, error } = await asPerson(token)
    .from("drafts")
    .select(columns)
    .eq("workflow_id", workflowId)
    .maybeSingle();
  if (error)
    throw new HttpError(
      502,
      "draft_unreadable",
      `The draft could not be read: ${error.message}`,
      "Try again.",
    );
  if (data === null)
    throw new HttpError(
      404,
      "RB404",
      "There is no such workflow, or you may not see it.",
      "Check the address.",
    );
  return Draft.parse(data);
}

Deno.serve(
  endpoint(async (request) => {
    const user = await requireUser(request);
    const { workflowId, name, revision, channel } = await readJson(request, Body);
    const draft = await loadDraft(workflowId, user.token);
    if (revision !== undefined && revision !== null && revision !== draft.revision) {
      throw new HttpError(
        409,
        "RB409",
        "The draft has changed since you looked at it.",
        "Look at the newest draft, then publish again.",
      );
    }
    const opened = openDocument(draft.doc, registry);
    if ("diagnostics" in opened) throw notPublishable(opened.diagnostics);
    const engine = openEngine();
    const around = await engine.surroundings(user.id, draft.workspace_id);
    const { plan, diagnostics } = compile(opened.doc, registry, around, {
      title: draft.workflows.title,
      sha256,
    });
    if (plan === null) throw notPublishable(diagnostics);
    crashPoint("before_publish");
    const version = await engine.publishVersion({
      userId: user.id,
      workflowId,
      graph: opened.doc,
      plan,
      name: name ?? null,
      channel,
    });
    crashPoint("after_publish");
    return { version: version.n, planHash: version.planHash, diagnostics };
  }),
);

function notPublishable(diagnostics: ConstructorParameters<typeof HttpError>[4]): HttpError {
  const count = diagnostics?.filter(({ severity }) => severity === "error").length ?? 0;
  return new HttpError(
    422,
    "not_publishable",
    `The draft has ${count} ${count === 1 ? "problem" : "problems"} that must be solved before it can run.`,
    "Each problem names its node and how to solve it.",
    diagnostics,
  );
}
