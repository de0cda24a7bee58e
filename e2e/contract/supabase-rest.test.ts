import type { SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

let stack: TestStack;
let client: SupabaseClient;
beforeAll(async () => {
  stack = await startTestStack();
  ({ client } = await stack.newUser());
  const { data, error } = await client
    .from("notes")
    .insert([
      { title: "apple", stars: 3 },
      { title: "banana", stars: 1 },
      { title: "cherry", stars: 2 },
    ])
    .select("id, title");
  if (error) throw error;
  await client.from("tags").insert({ note_id: data[0]!.id, label: "red" });
});
afterAll(() => stack.stop());

test("filters and order", async () => {
  const { data } = await client.from("notes").select("title").gte("stars", 2).order("stars");
  expect(data).toEqual([{ title: "cherry" }, { title: "apple" }]);
});

test("a range with an exact count", async () => {
  const { data, count } = await client
    .from("notes")
    .select("title", { count: "exact" })
    .order("title")
    .range(1, 2);
  expect(data).toEqual([{ title: "banana" }, { title: "cherry" }]);
  expect(count).toBe(3);
});

test("a count without rows", async () => {
  const { count } = await client.from("notes").select("*", { count: "exact", head: true });
  expect(count).toBe(3);
});

test("embedding children and parents", async () => {
  const children = await client.from("notes").select("title, tags(label)").eq("title", "apple").single();
  expect(children.data).toEqual({ title: "apple", tags: [{ label: "red" }] });
  const parents = await client.from("tags").select("label, notes!inner(title)").eq("notes.title", "apple");
  expect(parents.data).toEqual([{ label: "red", notes: { title: "apple" } }]);
});

test("update, upsert and delete return rows", async () => {
  const made = await client.from("notes").insert({ title: "draft" }).select().single();
  const changed = await client.from("notes").update({ stars: 9 }).eq("id", made.data.id).select("stars");
  expect(changed.data).toEqual([{ stars: 9 }]);
  const gone = await client.from("notes").delete().eq("id", made.data.id).select("title");
  expect(gone.data).toEqual([{ title: "draft" }]);
});

test("or, in, ilike and json-free text filters", async () => {
  const { data } = await client
    .from("notes")
    .select("title")
    .or("stars.eq.3,title.ilike.ban%")
    .in("title", ["apple", "banana", "cherry"])
    .order("title");
  expect(data).toEqual([{ title: "apple" }, { title: "banana" }]);
});

test("maybeSingle gives null for nothing and single an error", async () => {
  const none = await client.from("notes").select().eq("title", "nothing").maybeSingle();
  expect(none).toMatchObject({ data: null, error: null });
  const one = await client.from("notes").select().eq("title", "nothing").single();
  expect(one.error?.code).toBe("PGRST116");
});

test("another user sees and changes nothing", async () => {
  const stranger = (await stack.newUser()).client;
  expect((await stranger.from("notes").select()).data).toEqual([]);
  expect((await stranger.from("notes").update({ stars: 0 }).gte("stars", 0).select()).data).toEqual([]);
});

test("a row for somebody else is refused by its policy", async () => {
  const { id } = await stack.newUser();
  const { error } = await client.from("notes").insert({ title: "forged", owner_id: id });
  expect(error?.code).toBe("42501");
});

test("without a session nothing is granted", async () => {
  const { data, error, status } = await stack.client().from("notes").select();
  expect({ data, code: error?.code, status }).toEqual({ data: null, code: "42501", status: 401 });
});

test("the secret key passes row security", async () => {
  const { count } = await stack
    .client(stack.secrets.RUNBOARD_SECRET_KEY)
    .from("notes")
    .select("*", { count: "exact", head: true });
  expect(count).toBe(3);
});

test("without an API key nothing answers", async () => {
  const response = await fetch(`${stack.url}/rest/v1/notes?select=*`);
  expect(response.status).toBe(401);
});

test("functions are called with arguments, identity, ranges and counts", async () => {
  expect((await client.rpc("add_numbers", { a: 2, b: 3 })).data).toBe(5);
  const { data } = await client.auth.getUser();
  expect((await client.rpc("who_am_i")).data).toBe(data.user?.id);
  const some = await client.rpc("count_up", { until: 10 }, { count: "exact" }).range(2, 4);
  expect(some).toMatchObject({ data: [3, 4, 5], count: 10 });
});

test("JSON, lists and times arrive as what they are", async () => {
  for (const extra of [{ a: [1, null, { b: "5" }] }, [1, "2"], "text", 5, null]) {
    const made = await client
      .from("notes")
      .insert({ title: "typed", extra, labels: ["x", "y,z", '"q"'] })
      .select()
      .single();
    expect(made.error).toBeNull();
    expect(made.data).toMatchObject({ extra, labels: ["x", "y,z", '"q"'] });
    expect(made.data.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/);
    await client.from("notes").delete().eq("id", made.data.id);
  }
});

test("functions take JSON, lists, defaults and nulls", async () => {
  for (const [doc, kind] of [
    [{ a: 1 }, "object"],
    [[1, 2], "array"],
    ["text", "string"],
    [5, "number"],
    [false, "boolean"],
  ]) {
    const { data, error } = await client.rpc("describe", { doc, items: ["a", "b c"] });
    expect(error).toBeNull();
    expect(data).toEqual({ kind, doc, items: ["a", "b c"], flag: null });
  }
});

test("what a function raises reaches the caller whole", async () => {
  const { error, status } = await client.rpc("fail_with", { code: "RB001", status: 409 });
  expect(error).toMatchObject({ code: "RB001", message: "it failed", details: "why", hint: "try again" });
  expect(status).toBe(409);
});

test("a broken constraint is named by its code", async () => {
  const { error, status } = await client.from("tags").insert({ note_id: 0, label: "x" });
  expect({ code: error?.code, status }).toEqual({ code: "42501", status: 403 });
  const missing = await client.from("notes").insert({ stars: 1 });
  expect({ code: missing.error?.code, status: missing.status }).toEqual({ code: "23502", status: 400 });
});

test("filters look into JSON and lists", async () => {
  const { data: made } = await client
    .from("notes")
    .insert({ title: "deep", extra: { color: "red", n: 3 }, labels: ["hot", "new"] })
    .select("id")
    .single();
  await client.from("notes").update({ extra: null }).neq("id", made!.id);
  const ids = async (query: PromiseLike<{ data: { id: number }[] | null }>) =>
    (await query).data?.map(({ id }) => id);
  const notes = () => client.from("notes").select("id");
  expect(await ids(notes().eq("extra->>color", "red"))).toEqual([made!.id]);
  expect(await ids(notes().contains("extra", { n: 3 }))).toEqual([made!.id]);
  expect(await ids(notes().contains("labels", ["hot"]))).toEqual([made!.id]);
  expect(await ids(notes().overlaps("labels", ["new", "old"]))).toEqual([made!.id]);
  expect(await ids(notes().not("extra", "is", null))).toEqual([made!.id]);
  await client.from("notes").delete().eq("id", made!.id);
});

test("an unknown function and unknown table are named", async () => {
  expect((await client.rpc("no_such_function")).error?.code).toBe("PGRST202");
  expect((await client.from("no_such_table").select()).error?.code).toBe("PGRST205");
});

test("serving requests granted nothing to anybody", async () => {
  const sql = postgres(stack.database.adminUrl, { max: 1 });
  const grants = await sql`
    select table_name from information_schema.role_table_grants
    where grantee = 'anon' and table_schema not in ('storage', 'realtime')`;
  await sql.end();
  expect([...grants]).toEqual([]);
});
