// The one Supabase client of the page, made from what the server says at /config.json.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import { asDataError, DataError } from "./data-error.ts";

const AppConfig = z.looseObject({
  url: z.string(),
  publishableKey: z.string(),
  version: z.string().default(""),
  /** No account exists yet: the first person makes the owner's. */
  firstRun: z.boolean().default(false),
});
export type AppConfig = z.infer<typeof AppConfig>;

/**
 * Asks the server for its addresses; not cached, because `firstRun` changes.
 * @throws DataError `offline` or `config`
 */
export async function appConfig(): Promise<AppConfig> {
  try {
    const answer = await fetch("/config.json", { cache: "no-store" });
    const parsed = answer.ok ? AppConfig.safeParse(await answer.json()) : undefined;
    if (parsed?.success) return parsed.data;
    throw new DataError(
      "config",
      `The server's settings could not be read (status ${answer.status}).`,
      "Check the server's log, then load the page again.",
    );
  } catch (thrown) {
    if (thrown instanceof SyntaxError) {
      throw new DataError(
        "config",
        "The server's settings are not JSON.",
        "Is this page served by Runboard?",
        thrown.message,
      );
    }
    throw asDataError(thrown);
  }
}

/** Where the client keeps the session in this browser. */
export const sessionKey = "runboard.session";

let made: SupabaseClient | undefined;

/**
 * Makes the client; call once, before anything is rendered.
 * @throws DataError as {@link appConfig}
 */
export async function startClient(): Promise<AppConfig> {
  const config = await appConfig();
  made ??= createClient(config.url, config.publishableKey, {
    // What may be tried again is tried by the callers, who show that they wait.
    db: { retry: false },
    auth: { storageKey: sessionKey, detectSessionInUrl: false },
  });
  return config;
}

/** @throws DataError `not_started` before {@link startClient} has finished */
export function client(): SupabaseClient {
  if (!made)
    throw new DataError(
      "not_started",
      "The connection to the server is not set up yet.",
      "Load the page again.",
    );
  return made;
}
