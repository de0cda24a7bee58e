import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { openPool } from "./pool.ts";

/** The part of Auth that @supabase/lite 0.10.0 has not: `auth.admin` with the secret key. */
export interface AuthAdmin {
  /** Answers `/auth/v1/admin/users…`; undefined for every other path. */
  handle(request: Request): Promise<Response> | undefined;
  close(): Promise<void>;
}

interface Attributes {
  readonly email?: string;
  readonly password?: string;
  readonly user_metadata?: Record<string, unknown>;
  readonly app_metadata?: Record<string, unknown>;
}

const USERS = /^\/auth\/v1\/admin\/users(?:\/([0-9a-f-]{36}))?$/i;
const MIN_PASSWORD = 8;

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** @param databaseUrl URL of a role that may write `auth` */
export function createAuthAdmin(databaseUrl: string, secretKey: string): AuthAdmin {
  const sql = openPool(databaseUrl, { max: 2, idle_timeout: 10 });

  async function answer(request: Request, id: string | undefined): Promise<Response> {
    try {
      requireKey(request, secretKey);
      if (id === undefined && request.method === "GET") return await listUsers(sql, request);
      if (id === undefined && request.method === "POST")
        return await createUser(sql, await readAttributes(request));
      if (id !== undefined && request.method === "GET") return Response.json(await readUser(sql, id));
      if (id !== undefined && request.method === "PUT")
        return await updateUser(sql, id, await readAttributes(request));
      if (id !== undefined && request.method === "DELETE") return await deleteUser(sql, id);
      throw new Refusal(405, "method_not_allowed", "Users are listed, created, read, changed or deleted.");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, message } = error;
      return Response.json({ code: status, error_code: code, msg: message }, { status });
    }
  }

  return {
    handle(request) {
      const match = USERS.exec(new URL(request.url).pathname);
      return match ? answer(request, match[1]) : undefined;
    },
    close: () => sql.end({ timeout: 1 }),
  };
}

function requireKey(request: Request, secretKey: string): void {
  const bearer = request.headers.get("authorization")?.replace(/^Bearer /i, "");
  if (request.headers.get("apikey") === secretKey && (bearer === undefined || bearer === secretKey)) return;
  throw new Refusal(401, "not_admin", "Users are managed with the secret key.");
}

async function readAttributes(request: Request): Promise<Attributes> {
  const body: unknown = await request.json().catch(() => undefined);
  if (typeof body !== "object" || body === null)
    throw new Refusal(400, "bad_json", "Expected a JSON object.");
  const { email, password, user_metadata, app_metadata } = Object.fromEntries(Object.entries(body));
  return {
    ...(email === undefined ? {} : { email: readEmail(email) }),
    ...(password === undefined ? {} : { password: readPassword(password) }),
    ...(isObject(user_metadata) ? { user_metadata } : {}),
    ...(isObject(app_metadata) ? { app_metadata } : {}),
  };
}

function readEmail(value: unknown): string {
  if (typeof value === "string" && /^\S+@\S+$/.test(value)) return value.toLowerCase();
  throw new Refusal(400, "validation_failed", "The email address is not valid.");
}

function readPassword(value: unknown): string {
  if (typeof value === "string" && value.length >= MIN_PASSWORD) return value;
  throw new Refusal(422, "weak_password", `Password should be at least ${MIN_PASSWORD} characters.`);
}

async function listUsers(sql: postgres.Sql, request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const page = Math.max(Number(query.get("page")) || 1, 1);
  const perPage = Math.min(Math.max(Number(query.get("per_page")) || 50, 1), 1000);
  const [row] = await sql<{ total: number }[]>`select count(*)::int as total from auth.users`;
  const total = row?.total ?? 0;
  const ids = await sql<{ id: string }[]>`
    select id from auth.users order by created_at, id limit ${perPage} offset ${(page - 1) * perPage}`;
  const users = await Promise.all(ids.map(({ id }) => readUser(sql, id)));
  const last = Math.max(Math.ceil(total / perPage), 1);
  const pages = [...(page < last ? [[page + 1, "next"]] : []), [last, "last"]];
  const link = pages.map(([number, rel]) => `</admin/users?page=${number}>; rel="${rel}"`).join(", ");
  return Response.json(
    { users, aud: "authenticated" },
    { headers: { "x-total-count": String(total), link } },
  );
}

async function createUser(sql: postgres.Sql, attributes: Attributes): Promise<Response> {
  const { email, password } = attributes;
  if (email === undefined) throw new Refusal(400, "validation_failed", "A user needs an email address.");
  const id = randomUUID();
  const app = { provider: "email", providers: ["email"], ...attributes.app_metadata };
  await sql.begin(async (tx) => {
    const taken = await tx`select from auth.users where lower(email) = ${email}`;
    if (taken.length > 0) {
      throw new Refusal(422, "email_exists", "A user with this email address has already been registered");
    }
    await tx`
      insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at,
        raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
      values (${id}, 'authenticated', 'authenticated', ${email}, ${hashOf(tx, password)}, now(),
        ${tx.json(toJson(app))}, ${tx.json(toJson(attributes.user_metadata ?? {}))}, now(), now())`;
    await tx`
      insert into auth.identities (id, provider, provider_id, user_id, identity_data, created_at, updated_at)
      values (${randomUUID()}, 'email', ${id}, ${id},
        ${tx.json({ sub: id, email, email_verified: true, phone_verified: false })}, now(), now())`;
  });
  return Response.json(await readUser(sql, id));
}

async function updateUser(sql: postgres.Sql, id: string, attributes: Attributes): Promise<Response> {
  await readUser(sql, id);
  const { email, password } = attributes;
  await sql`
    update auth.users set
      email = coalesce(${email ?? null}, email),
      encrypted_password = coalesce(${hashOf(sql, password)}, encrypted_password),
      raw_app_meta_data = raw_app_meta_data || ${sql.json(toJson(attributes.app_metadata ?? {}))},
      raw_user_meta_data = raw_user_meta_data || ${sql.json(toJson(attributes.user_metadata ?? {}))},
      updated_at = now()
    where id = ${id}`;
  // Whoever knew the old password must not stay signed in.
  if (password !== undefined) await sql`delete from auth.sessions where user_id = ${id}`;
  return Response.json(await readUser(sql, id));
}

async function deleteUser(sql: postgres.Sql, id: string): Promise<Response> {
  await readUser(sql, id);
  await sql`delete from auth.users where id = ${id}`;
  return Response.json({});
}

async function readUser(sql: postgres.Sql, id: string): Promise<Record<string, unknown>> {
  const [user] = await sql`
    select id, aud, role, email, coalesce(phone, '') as phone, email_confirmed_at, confirmed_at, last_sign_in_at,
      raw_app_meta_data as app_metadata, raw_user_meta_data as user_metadata, is_anonymous, created_at, updated_at
    from auth.users where id = ${id}`;
  if (!user) throw new Refusal(404, "user_not_found", "User not found");
  const identities = await sql`
    select id as identity_id, id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at
    from auth.identities where user_id = ${id}`;
  return { ...user, identities };
}

/** bcrypt, as Auth itself stores passwords; the work is done by pgcrypto. */
function hashOf(sql: postgres.Sql | postgres.TransactionSql, password: string | undefined) {
  return password === undefined ? null : sql`extensions.crypt(${password}, extensions.gen_salt('bf', 10))`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Values parsed from a request body are JSON already; the driver's type does not know. */
function toJson(value: unknown): postgres.JSONValue {
  return JSON.parse(JSON.stringify(value));
}
