// The signed-in connection every command works through: supabase-js under the user's own rights.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { CliError, serverError } from "./cli-error.ts";
import { loadSaved, save } from "./config.ts";

const AppConfig = z.looseObject({ publishableKey: z.string() });
export const Workspace = z.looseObject({ id: z.string(), slug: z.string(), name: z.string() });
export type Workspace = z.infer<typeof Workspace>;

export interface Api {
  url: string;
  client: SupabaseClient;
}

async function readAppConfig(url: string): Promise<z.infer<typeof AppConfig>> {
  let answer: Response;
  try {
    answer = await fetch(new URL("/config.json", url), { signal: AbortSignal.timeout(10_000) });
  } catch {
    throw new CliError(
      "unreachable",
      `Nothing answers at ${url}.`,
      "Start Runboard with `npm start`, or name its address with --url.",
    );
  }
  const parsed = AppConfig.safeParse(await answer.json().catch(() => null));
  if (!answer.ok || !parsed.success)
    throw new CliError(
      "not_runboard",
      `${url} answers, but it is not Runboard.`,
      "Check the address given with --url.",
    );
  return parsed.data;
}

/** Connects without signing in; for sign-up and sign-in themselves. */
export async function connect(url: string): Promise<Api> {
  const { publishableKey } = await readAppConfig(url);
  const client = createClient(url, publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  return { url, client };
}

/** Connects with the saved session, refreshing it if it has expired. */
export async function connectSignedIn(url: string): Promise<Api> {
  const saved = loadSaved(url);
  if (saved.session === undefined)
    throw new CliError(
      "signed_out",
      `Nobody is signed in at ${url}.`,
      "Run `runboard login <email>` or `runboard user create <email>` first.",
    );
  const api = await connect(url);
  const { data, error } = await api.client.auth.setSession(saved.session);
  if (error !== null || data.session === null)
    throw new CliError(
      "session_expired",
      "The saved session has expired.",
      "Sign in again with `runboard login <email>`.",
    );
  if (data.session.access_token !== saved.session.access_token) keepSession(url, data.session);
  await api.client.realtime.setAuth(data.session.access_token);
  return api;
}

export function keepSession(url: string, session: { access_token: string; refresh_token: string }): void {
  const { access_token, refresh_token } = session;
  save({ ...loadSaved(url), url, session: { access_token, refresh_token } });
}

/** The workspace named by slug, or the only one there is. */
export async function pickWorkspace({ client }: Api, slug: string | undefined): Promise<Workspace> {
  const { data, error } = await client.from("workspaces").select("id, slug, name").order("created_at");
  if (error !== null) throw serverError(error);
  const all = z.array(Workspace).parse(data);
  const found = slug === undefined ? all[0] : all.find((one) => one.slug === slug);
  if (found === undefined)
    throw slug === undefined
      ? new CliError(
          "no_workspace",
          "You are not a member of any workspace.",
          "Create one with `runboard user create`, or ask an owner to add you.",
        )
      : new CliError(
          "no_workspace",
          `There is no workspace "${slug}" that you may see.`,
          `Yours: ${all.map((one) => one.slug).join(", ") || "none"}.`,
        );
  if (slug === undefined && all.length > 1)
    throw new CliError(
      "which_workspace",
      "You are a member of several workspaces.",
      `Name one with --workspace: ${all.map((one) => one.slug).join(", ")}.`,
    );
  return found;
}

/** Calls a verb of the database. */
export async function callVerb(api: Api, verb: string, args: Record<string, unknown>): Promise<unknown> {
  const { data, error } = await api.client.rpc(verb, args);
  if (error !== null) throw serverError(error);
  return data;
}

const FunctionError = z.looseObject({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  diagnostics: z.array(z.any()).optional(),
});

/** Calls an edge function; its error body becomes a CliError with the same code, message, hint and diagnostics. */
export async function callFunction(api: Api, name: string, body: Record<string, unknown>): Promise<unknown> {
  const { data, error, response } = await api.client.functions.invoke(name, { body });
  if (error === null) return data;
  const parsed = FunctionError.safeParse(await response?.json().catch(() => null));
  if (!parsed.success)
    throw new CliError(
      "server",
      `The function ${name} failed: ${error.message}`,
      "Look at the server's log.",
    );
  const { code, message, hint, diagnostics } = parsed.data;
  throw new CliError(code, message, hint ?? "", { diagnostics: diagnostics ?? [] });
}
