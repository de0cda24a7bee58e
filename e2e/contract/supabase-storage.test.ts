import type { SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

let stack: TestStack;
let client: SupabaseClient;
let folder: string;
beforeAll(async () => {
  stack = await startTestStack();
  ({ client, id: folder } = await stack.newUser());
});
afterAll(() => stack.stop());

test("what is uploaded is downloaded, as blob and as text", async () => {
  const blob = new Blob(["hello"], { type: "text/plain" });
  expect((await client.storage.from("papers").upload(`${folder}/a.txt`, blob)).error).toBeNull();
  const { data } = await client.storage.from("papers").download(`${folder}/a.txt`);
  expect(data?.type).toBe("text/plain");
  expect(await data?.text()).toBe("hello");
  await client.storage
    .from("papers")
    .upload(`${folder}/b.json`, '{"n":1}', { contentType: "application/json" });
  const stored = await client.storage.from("papers").download(`${folder}/b.json`);
  expect(await stored.data?.text()).toBe('{"n":1}');
});

test("what is known about a file is an object in the database", async () => {
  await client.storage.from("papers").upload(`${folder}/known.txt`, "12345");
  const sql = postgres(stack.database.adminUrl, { max: 1 });
  const [row] =
    await sql`select metadata ->> 'size' as size from storage.objects where name = ${`${folder}/known.txt`}`;
  await sql.end();
  expect(row).toEqual({ size: "5" });
});

test("a second upload needs upsert", async () => {
  const papers = client.storage.from("papers");
  await papers.upload(`${folder}/c.txt`, "one");
  expect((await papers.upload(`${folder}/c.txt`, "two")).error?.message).toContain("exists");
  expect((await papers.upload(`${folder}/c.txt`, "two", { upsert: true })).error).toBeNull();
  expect(await (await papers.download(`${folder}/c.txt`)).data?.text()).toBe("two");
});

test("listing, moving and removing", async () => {
  const papers = client.storage.from("papers");
  await papers.upload(`${folder}/box/d.txt`, "d");
  await papers.move(`${folder}/box/d.txt`, `${folder}/box/e.txt`);
  expect((await papers.list(`${folder}/box`)).data?.length).toBe(1);
  expect(await (await papers.download(`${folder}/box/e.txt`)).data?.text()).toBe("d");
  await papers.remove([`${folder}/box/e.txt`]);
  expect((await papers.download(`${folder}/box/e.txt`)).error).not.toBeNull();
});

test("another user can neither read nor write the folder", async () => {
  await client.storage.from("papers").upload(`${folder}/secret.txt`, "secret");
  const stranger = (await stack.newUser()).client.storage.from("papers");
  expect((await stranger.download(`${folder}/secret.txt`)).error).not.toBeNull();
  expect((await stranger.upload(`${folder}/mine.txt`, "x")).error).not.toBeNull();
  expect((await stack.client().storage.from("papers").download(`${folder}/secret.txt`)).error).not.toBeNull();
});

test("a signed link works without a session and not when changed", async () => {
  await client.storage.from("papers").upload(`${folder}/linked.txt`, "by link");
  const { data } = await client.storage.from("papers").createSignedUrl(`${folder}/linked.txt`, 60);
  expect(await (await fetch(data!.signedUrl)).text()).toBe("by link");
  expect((await fetch(`${data!.signedUrl}x`)).ok).toBe(false);
});

test("a signed upload link takes one file", async () => {
  const papers = client.storage.from("papers");
  const { data } = await papers.createSignedUploadUrl(`${folder}/invited.txt`);
  const sent = await stack
    .client()
    .storage.from("papers")
    .uploadToSignedUrl(data!.path, data!.token, "invited");
  expect(sent.error).toBeNull();
  expect(await (await papers.download(`${folder}/invited.txt`)).data?.text()).toBe("invited");
});

test("a stored page is not served as a page", async () => {
  const page = new Blob(["<script>1</script>"], { type: "text/html" });
  await client.storage.from("papers").upload(`${folder}/page.html`, page);
  const { data } = await client.storage.from("papers").createSignedUrl(`${folder}/page.html`, 60);
  const response = await fetch(data!.signedUrl);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
});

test("S-21 a body that only poses as a form is refused", async () => {
  const token = (await client.auth.getSession()).data.session?.access_token;
  const headers = { apikey: stack.publishableKey, authorization: `Bearer ${token}` };
  for (const type of ["multipart/form-data", "multipart/form-data; boundary=x"]) {
    const answer = await fetch(`${stack.url}/storage/v1/object/papers/${folder}/posed.txt`, {
      method: "POST",
      headers: { ...headers, "content-type": type },
      body: "no form",
    });
    expect(answer.status).toBe(400);
  }
  expect((await client.storage.from("papers").download(`${folder}/posed.txt`)).error).not.toBeNull();
});
