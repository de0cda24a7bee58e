import postgres from "postgres";

const sql = postgres(Deno.env.get("SUPABASE_DB_URL") ?? "", { max: 2, onnotice: () => {} });
let inFlight = 0;

// Notes each poke and answers with the due time the test asked for.
Deno.serve(async (request) => {
  if (request.headers.get("x-runboard-worker") !== Deno.env.get("RUNBOARD_WORKER_SECRET")) {
    return Response.json({ message: "not the host" }, { status: 401 });
  }
  inFlight += 1;
  await sql`insert into public.pokes (in_flight) values (${inFlight})`;
  await new Promise((resolve) => setTimeout(resolve, 20));
  inFlight -= 1;
  const [settings] = await sql`select next_due_ms from public.poke_settings`;
  return Response.json({ claimed: 0, nextDueMs: settings?.["next_due_ms"] ?? undefined });
});
