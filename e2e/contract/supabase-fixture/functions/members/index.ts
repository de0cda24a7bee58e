import { createClient } from "@supabase/supabase-js";

// Acts as the caller, as hosted functions do: the caller's token decides which rows it sees.
Deno.serve(async (request) => {
  const client = createClient(Deno.env.get("SUPABASE_URL") ?? "", Deno.env.get("SUPABASE_ANON_KEY") ?? "", {
    global: { headers: { Authorization: request.headers.get("Authorization") ?? "" } },
  });
  const { data, error } = await client.from("notes").select("title");
  return Response.json({ data, error: error?.message ?? null });
});
