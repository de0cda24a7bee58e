// Asks an MCP server which tools it offers and records them, with the hash each has now.
import { z } from "zod";
import { Slug } from "../../src/core/json.ts";
import { asPerson } from "../_shared/as-person.ts";
import { openConnection } from "../_shared/connection.ts";
import { openEngine } from "../_shared/engine.ts";
import { needEnv } from "../_shared/env.ts";
import { openEgress } from "../_shared/installation.ts";
import { withMcp } from "../_shared/mcp-client.ts";
import { Redactor } from "../_shared/redact.ts";
import { endpoint, HttpError, readJson } from "../_shared/responses.ts";
import { requireUser, type User } from "../_shared/user.ts";

const Body = z.strictObject({ workspaceId: z.uuid(), connection: Slug });
const TIMEOUT_MS = 20_000;

/** @throws HttpError 403 for members who may not change connections; the engine says the same, but only after the call */
async function requireEditor({ id, token }: User, workspaceId: string): Promise<void> {
  const mine = { workspace_id: workspaceId, user_id: id };
  const { data } = await asPerson(token).from("members").select("role").match(mine).maybeSingle();
  if (data?.role === "editor" || data?.role === "owner") return;
  const message = `Your role here is ${data?.role ?? "unknown"}; this needs editor.`;
  throw new HttpError(403, "RB403", message, "Ask an owner of the workspace for the role.");
}

Deno.serve(
  endpoint(async (request) => {
    const user = await requireUser(request);
    const { workspaceId, connection: slug } = await readJson(request, Body);
    const engine = openEngine();
    // The server behind the connection is contacted for nobody else.
    await engine.surroundings(user.id, workspaceId);
    await requireEditor(user, workspaceId);
    const stored = await engine.getConnection(workspaceId, slug);
    const vaultKey = () => needEnv("RUNBOARD_VAULT_KEY");
    const connection = await openConnection(stored, { workspaceId, slug }, vaultKey, new Redactor());
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const tools = await withMcp(connection, openEgress(), signal, TIMEOUT_MS, (session) => session.tools());
    return await engine.putTools(user.id, workspaceId, slug, tools);
  }),
);
