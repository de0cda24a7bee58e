// The data API as the person who called sees it: row-level security decides what there is.
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { needEnv } from "./env.ts";

/** @param token the person's verified access token */
export function asPerson(token: string): SupabaseClient {
  return createClient(needEnv("SUPABASE_URL"), needEnv("SUPABASE_ANON_KEY", "RUNBOARD_PUBLISHABLE_KEY"), {
    global: { headers: { Authorization: `Bearer ${token}` } },
    auth: { persistSession: false, autoRefreshToken: false },
  });
}
