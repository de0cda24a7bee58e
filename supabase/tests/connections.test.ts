import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../e2e/database.ts";
import { as, castPeople, type Cast, members, outsiders } from "./people.ts";
import { refusalOf } from "./refusal.ts";

let db: TestDatabase;
let cast: Cast;
beforeAll(async () => {
  db = await createTestDatabase();
  cast = await castPeople(db);
});
afterAll(() => db.drop());

const SEALED = { v: 1, ciphertext: "Y2FuYXJ5", iv: "aXY=", wrappedKey: "a2V5", wrapIv: "aXY=" };
const github = {
  slug: "github",
  kind: "http",
  title: "GitHub",
  baseUrl: "https://api.example.com",
  hosts: ["api.example.com"],
  config: { headerName: "authorization" },
};

async function put(connection: object, secret: object | null = null, user = cast.ids.editor) {
  const [row] = await db.asEngine()`
    select engine.put_connection(
      ${user}, ${cast.alpha}, ${db.sql.json(connection as never)},
      ${secret === null ? null : db.sql.json(secret as never)}) as saved`;
  return row!["saved"];
}

async function get(slug: string) {
  const [row] = await db.asEngine()`select engine.get_connection(${cast.alpha}, ${slug}) as found`;
  return row!["found"];
}

describe("put_connection", () => {
  test("stores a connection, tells whether it has a secret, and never returns it", async () => {
    const saved = await put(github, SEALED);
    expect(saved).toMatchObject({
      workspace_id: cast.alpha,
      slug: "github",
      kind: "http",
      title: "GitHub",
      base_url: "https://api.example.com",
      hosts: ["api.example.com"],
      config: { headerName: "authorization" },
      has_secret: true,
      status: "active",
    });
    expect(JSON.stringify(saved)).not.toContain("Y2FuYXJ5");
  });

  test("keeps the stored secret when none is given", async () => {
    await put({ ...github, slug: "kept" }, SEALED);
    await put({ ...github, slug: "kept", title: "GitHub, renamed" });
    expect(await get("kept")).toMatchObject({ slug: "kept", kind: "http", secret: SEALED });
  });

  test.for([
    { hosts: ["api.example.com", "evil.example.net"] },
    { hosts: ["evil.example.net"] },
    { baseUrl: "https://evil.example.net" },
    { kind: "openai-compatible" },
  ])("does not take a stored secret along to %j", async (change) => {
    await put({ ...github, slug: "bound" }, SEALED);
    expect(await refusalOf(put({ ...github, slug: "bound", ...change }))).toMatchObject({
      code: "RB422",
      message: "The connection would take its stored secret to another address.",
      hint: "Enter the secret again.",
    });
    await put({ ...github, slug: "bound", ...change }, { ...SEALED, ciphertext: "bmV3" });
    expect((await get("bound")).secret.ciphertext).toBe("bmV3");
    await as(db, cast, "editor")`select public.delete_connection(${cast.alpha}, 'bound')`;
  });

  test.for([
    { slug: "Bad Slug" },
    { slug: null },
    { kind: "ftp" },
    { kind: null },
    { baseUrl: "file:///etc/passwd" },
    { title: "" },
    { config: [] },
  ])("refuses %j", async (change) => {
    expect((await refusalOf(put({ ...github, slug: "strict", ...change }))).code).toBe("RB422");
  });

  test("asks for the role of the person named", async () => {
    expect((await refusalOf(put(github, null, cast.ids.operator))).code).toBe("RB403");
    expect((await refusalOf(put(github, null, cast.ids.viewer))).code).toBe("RB403");
    expect((await refusalOf(put(github, null, cast.ids.stranger))).code).toBe("RB404");
  });
});

describe("secrets", () => {
  test.for([...members, ...outsiders])("the %s reads no secret, by no way there is", async (person) => {
    const sql = as(db, cast, person);
    expect((await refusalOf(sql`select * from engine.connection_secrets`)).code).toBe("42501");
    expect((await refusalOf(sql`select engine.get_connection(${cast.alpha}, 'github')`)).code).toBe("42501");
    const seen = JSON.stringify(await sql`select * from public.connections`);
    expect(seen).not.toContain("Y2FuYXJ5");
  });

  test("the workers' role reads them through its function only", async () => {
    await put(github, SEALED);
    expect((await get("github")).secret).toEqual(SEALED);
    expect((await refusalOf(db.asEngine()`select * from engine.connection_secrets`)).code).toBe("42501");
    expect((await refusalOf(db.asEngine()`select * from public.connections`)).code).toBe("42501");
  });

  test("a connection is found in its own workspace only", async () => {
    const [row] = await db.asEngine()`select engine.get_connection(${cast.beta}, 'github') as found`;
    expect(row).toEqual({ found: null });
    expect(await get("missing")).toBe(null);
  });

  test("the audit log tells that a secret was given, not which", async () => {
    await put({ ...github, slug: "audited" }, SEALED);
    const rows = await as(db, cast, "owner")`
      select verb, data from public.audit_log where subject = 'audited'`;
    expect([...rows]).toEqual([
      { verb: "connection.created", data: { kind: "http", hosts: ["api.example.com"], secretGiven: true } },
    ]);
  });
});

describe("delete_connection", () => {
  test("removes the connection, its secret and its tools", async () => {
    await put({ slug: "doomed", kind: "mcp", title: "Doomed", baseUrl: "https://mcp.example.com" }, SEALED);
    await putTools("doomed", [tool("echo", "1")]);
    const [answer] = await as(
      db,
      cast,
      "editor",
    )`select public.delete_connection(${cast.alpha}, 'doomed') as answer`;
    expect(answer!["answer"]).toEqual({ deleted: "doomed" });
    expect(await get("doomed")).toBe(null);
    expect((await db.sql`select 1 from public.tools where connection = 'doomed'`).length).toBe(0);
    const orphans = await db.sql`
      select 1 from engine.connection_secrets where connection_id not in (select id from public.connections)`;
    expect(orphans.length).toBe(0);
  });

  test("is refused to operators and viewers, and a missing one is named", async () => {
    await put(github);
    for (const person of ["operator", "viewer"] as const) {
      const refused = as(db, cast, person)`select public.delete_connection(${cast.alpha}, 'github')`;
      expect((await refusalOf(refused)).code).toBe("RB403");
    }
    const missing = as(db, cast, "editor")`select public.delete_connection(${cast.alpha}, 'nope')`;
    expect(await refusalOf(missing)).toMatchObject({
      code: "RB404",
      message: 'There is no connection "nope" in this workspace.',
    });
  });
});

function tool(name: string, digit: string) {
  return {
    connection: "practice",
    name,
    title: name,
    description: `Does ${name}.`,
    inputSchema: { type: "object" },
    annotations: {},
    effect: "read",
    effectFrom: "annotation",
    schemaHash: digit.repeat(64),
    status: "active",
    seenAt: "2026-01-01T00:00:00Z",
  };
}

async function putTools(connection: string, tools: object[], user = cast.ids.editor) {
  const [row] = await db.asEngine()`
    select engine.put_tools(${user}, ${cast.alpha}, ${connection}, ${db.sql.json(tools as never)}) as tools`;
  return row!["tools"].map(({ name, status }: { name: string; status: string }) => `${name} ${status}`);
}

describe("put_tools", () => {
  test("marks tools whose definition changed and tools that are gone", async () => {
    await put({ slug: "practice", kind: "mcp", title: "Practice", baseUrl: "https://mcp.example.com" });
    expect(await putTools("practice", [tool("add", "1"), tool("echo", "2")])).toEqual([
      "add active",
      "echo active",
    ]);
    expect(await putTools("practice", [tool("add", "9"), tool("fetch", "3")])).toEqual([
      "add changed",
      "echo missing",
      "fetch active",
    ]);
    expect(await putTools("practice", [tool("add", "9"), tool("echo", "2")])).toEqual([
      "add active",
      "echo active",
      "fetch missing",
    ]);
  });

  test("surroundings hold them in the compiler's shape", async () => {
    const [row] =
      await db.asEngine()`select engine.surroundings(${cast.ids.viewer}, ${cast.alpha}) as around`;
    const { seenAt, ...rest } = row!["around"].tools.find((one: { name: string }) => one.name === "add");
    expect(rest).toEqual({
      connection: "practice",
      name: "add",
      title: "add",
      description: "Does add.",
      inputSchema: { type: "object" },
      annotations: {},
      effect: "read",
      effectFrom: "annotation",
      schemaHash: "9".repeat(64),
      status: "active",
    });
    expect(seenAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/);
    expect(row!["around"].connections).toContainEqual({ slug: "practice", kind: "mcp", hosts: [] });
  });

  test("are refused for a connection that is no MCP server and to people who may not edit", async () => {
    await put(github);
    expect((await refusalOf(putTools("github", []))).code).toBe("RB404");
    expect((await refusalOf(putTools("practice", [], cast.ids.operator))).code).toBe("RB403");
  });
});
