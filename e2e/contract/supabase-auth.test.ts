import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "./supabase-stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

test("signing up signs in without a confirmation mail", async () => {
  const { client, id, email } = await stack.newUser();
  const { data } = await client.auth.getUser();
  expect(data.user).toMatchObject({ id, email, role: "authenticated" });
});

test("signing in with the right password gives a session", async () => {
  const { email, password } = await stack.newUser();
  const { data, error } = await stack.client().auth.signInWithPassword({ email, password });
  expect(error).toBeNull();
  expect(data.session?.token_type).toBe("bearer");
});

test("a wrong password is told apart from other errors", async () => {
  const { email } = await stack.newUser();
  const { error } = await stack.client().auth.signInWithPassword({ email, password: "wrong" });
  expect(error).toMatchObject({ status: 400, code: "invalid_credentials" });
});

test("a second account with the same address is refused", async () => {
  const { email, password } = await stack.newUser();
  const { error } = await stack.client().auth.signUp({ email, password });
  expect(error?.code).toBe("user_already_exists");
});

test("a short password is refused", async () => {
  const { error } = await stack.client().auth.signUp({ email: "short@example.com", password: "1234567" });
  expect(error?.code).toBe("weak_password");
});

test("refreshing gives a new token that works", async () => {
  const { client, id } = await stack.newUser();
  const before = (await client.auth.getSession()).data.session;
  const { data, error } = await client.auth.refreshSession();
  expect(error).toBeNull();
  expect(data.session?.refresh_token).not.toBe(before?.refresh_token);
  expect((await client.auth.getUser()).data.user?.id).toBe(id);
});

test("after signing out Auth no longer knows the old token", async () => {
  const { client } = await stack.newUser();
  const token = (await client.auth.getSession()).data.session?.access_token ?? "";
  await client.auth.signOut();
  const { error } = await stack.client().auth.getUser(token);
  expect(error?.name).toBe("AuthSessionMissingError");
});

test("anonymous sign-in is off", async () => {
  const { error } = await stack.client().auth.signInAnonymously();
  expect(error).not.toBeNull();
});

test("metadata given at sign-up is an object in the database", async () => {
  const client = stack.client();
  const email = "named@example.com";
  await client.auth.signUp({ email, password: "long enough 1", options: { data: { name: "Ada" } } });
  const sql = postgres(stack.database.adminUrl, { max: 1 });
  const [row] =
    await sql`select raw_user_meta_data ->> 'name' as name from auth.users where email = ${email}`;
  await sql.end();
  expect(row).toEqual({ name: "Ada" });
  const { data } = await client.auth.updateUser({ data: { team: "tools" } });
  expect(data.user?.user_metadata).toMatchObject({ name: "Ada", team: "tools" });
});

test("a changed password replaces the old one", async () => {
  const { client, email, password } = await stack.newUser();
  expect((await client.auth.updateUser({ password: "another password" })).error).toBeNull();
  expect((await stack.client().auth.signInWithPassword({ email, password })).error).not.toBeNull();
  const again = await stack.client().auth.signInWithPassword({ email, password: "another password" });
  expect(again.error).toBeNull();
});

test("the secret key manages users", async () => {
  const { admin } = stack.client(stack.secrets.RUNBOARD_SECRET_KEY).auth;
  const email = "managed@example.com";
  const made = await admin.createUser({ email, password: "first password", user_metadata: { name: "Bo" } });
  expect(made.data.user).toMatchObject({ email, user_metadata: { name: "Bo" } });
  const id = made.data.user?.id ?? "";
  expect((await admin.createUser({ email, password: "first password" })).error?.code).toBe("email_exists");
  expect(
    (await stack.client().auth.signInWithPassword({ email, password: "first password" })).error,
  ).toBeNull();
  await admin.updateUserById(id, { password: "second password" });
  expect(
    (await stack.client().auth.signInWithPassword({ email, password: "second password" })).error,
  ).toBeNull();
  expect((await admin.listUsers()).data.users.map((user) => user.email)).toContain(email);
  expect((await admin.deleteUser(id)).error).toBeNull();
  expect((await admin.getUserById(id)).error?.status).toBe(404);
});

test("nobody else manages users", async () => {
  const { client } = await stack.newUser();
  expect((await client.auth.admin.listUsers()).error?.status).toBe(401);
  expect((await stack.client().auth.admin.listUsers()).error?.status).toBe(401);
});

test("guessing passwords is slowed down after many failures", async () => {
  const guessed = await startTestStack();
  const guess = { email: "nobody@example.com", password: "guess" };
  try {
    const messages: (string | undefined)[] = [];
    while (messages.length < 200 && !messages.at(-1)?.includes("Too many")) {
      messages.push((await guessed.client().auth.signInWithPassword(guess)).error?.message);
    }
    expect(messages.slice(0, 20)).toEqual(Array(20).fill("Invalid login credentials"));
    expect(messages.at(-1)).toContain("Too many failed attempts; try again in");
  } finally {
    await guessed.stop();
  }
});

test("guesses sent all at once are slowed down as well", async () => {
  const guessed = await startTestStack();
  const guess = { email: "nobody@example.com", password: "guess" };
  try {
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => guessed.client().auth.signInWithPassword(guess)),
    );
    const statuses = answers.map(({ error }) => error?.status);
    expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(21);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(39);
  } finally {
    await guessed.stop();
  }
});

test("an address of Auth in disguise is not answered", async () => {
  const headers = { apikey: stack.publishableKey, "content-type": "application/json" };
  const body = JSON.stringify({ email: "disguised@example.com", password: "guess", create_user: true });
  for (const path of ["%6ftp", "ot%70", "%74oken?grant_type=password"]) {
    const answer = await fetch(`${stack.url}/auth/v1/${path}`, { method: "POST", headers, body });
    expect(answer.status).toBe(404);
  }
});

test("sign-up can be closed to everybody but the first", async () => {
  const closed = await startTestStack({ signup: "closed" });
  try {
    await closed.newUser();
    const { auth } = closed.client();
    const second = await auth.signUp({ email: "a@example.com", password: "long enough 1" });
    expect(second.error?.code).toBe("signup_disabled");
    const byMail = await auth.signInWithOtp({ email: "b@example.com" });
    expect(byMail.error?.code).toBe("email_provider_disabled");
    const { admin } = closed.client(closed.secrets.RUNBOARD_SECRET_KEY).auth;
    expect((await admin.listUsers()).data.users.length).toBe(1);
  } finally {
    await closed.stop();
  }
});

test("the browser learns whether the first account exists", async () => {
  const fresh = await startTestStack();
  try {
    const before = await (await fetch(`${fresh.url}/config.json`)).json();
    await fresh.newUser();
    const after = await (await fetch(`${fresh.url}/config.json`)).json();
    expect(before).toEqual({
      url: fresh.url,
      publishableKey: fresh.publishableKey,
      version: "0.0.0",
      firstRun: true,
    });
    expect(after).toMatchObject({ firstRun: false });
  } finally {
    await fresh.stop();
  }
});
