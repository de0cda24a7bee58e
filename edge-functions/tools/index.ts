// Asks an MCP server which tools it offers and records them, with the hash each has now.
import { z } from "zod";
import { Slug } from "../../src/core/json.ts";
import { openConnection } from "../_shared/connection.ts";
import { openEngine } from "../_shared/engine.ts";
import { needEnv } from "../_shared/env.ts";
import { openEgress } from "../_shared/installation.ts";
import { withMcp } from "../_shared/mcp-client.ts";
import { Redactor } from "../_shared/redact.ts";
import { endpoint, readJson } from "../_shared/responses.ts";
import { requireUser } from "../_shared/user.ts";

const Body = z.strictObject({ workspaceId: z.uuid(), connection: Slug });
const TIMEOUT_MS = 20_000;

Deno.serve(
  endpoint(async (request) => {
    const user = await requireUser(request);
    const { workspaceId, connection: slug } = await readJson(request, Body);
    const engine = openEngine();
    // Answers only to members; the server behind the connection is not contacted for anybody else.
    await engine.surroundings(user.id, workspaceId);
    const stored = await engine.getConnection(workspaceId, slug);
    const vaultKey = () => needEnv("RUNBOARD_VAULT_KEY");
    const connection = await openConnection(stored, { workspaceId, slug }, vaultKey, new Redactor());
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const tools = await withMcp(connection, openEgress(), signal, TIMEOUT_MS, (session) => session.tools());
    return await engine.putTools(user.id, workspaceId, slug, tools);
  }),
);
