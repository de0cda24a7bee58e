import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startStack, type StackOptions } from "../../supabase/embedded/stack.ts";

const ROOT = join(import.meta.dirname, "../..");
const FIXTURE = join(import.meta.dirname, "supabase-fixture");

/** Of one test. */
let home: string;
/** Shared by the tests that run the program: its first start is the slow one. */
let programHome: string;
const started: ChildProcess[] = [];
beforeAll(() => {
  programHome = mkdtempSync(join(tmpdir(), "runboard-program-"));
});
afterAll(() => rmSync(programHome, { recursive: true, force: true }));
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "runboard-start-"));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("exit", resolve));
    }
  }
  rmSync(home, { recursive: true, force: true });
});

interface Host {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Address once ready; undefined when the process ended before. */
  readonly ready: Promise<string | undefined>;
  readonly exited: Promise<number | null>;
}

/** Runs the host as `npm start` does, without the web app. */
function run(args: readonly string[], env: Record<string, string> = {}, through = "main.ts"): Host {
  const main = join(ROOT, "supabase/embedded/main.ts");
  const script = through === "main.ts" ? [main] : [join(ROOT, "supabase/embedded/launch.mjs"), main];
  const child = spawn(
    process.execPath,
    [...script, "--headless", "--api-only", "--port", "0", "--home", programHome, ...args],
    // A process group of its own, as a terminal gives it.
    { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  started.push(child);
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const ready = new Promise<string | undefined>((resolve) => {
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      const url = /^ready (\S+)$/m.exec(stdout)?.[1];
      if (url !== undefined) resolve(url);
    });
    void exited.then(() => resolve(undefined));
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ready, exited };
}

/** Processes that still have this home on their command line. */
function processesOfHome(): string[] {
  const list = execFileSync("ps", ["-eo", "args"], { encoding: "utf8" });
  return list.split("\n").filter((line) => line.includes(programHome));
}

function fixture(options: Partial<StackOptions> = {}): StackOptions {
  return {
    home,
    port: 0,
    durable: false,
    migrationsDir: join(FIXTURE, "migrations"),
    functionsDir: join(FIXTURE, "functions"),
    functionsConfig: join(FIXTURE, "config.toml"),
    onLog: () => {},
    ...options,
  };
}

test("standard output is one line, and SIGTERM ends everything", async () => {
  const host = run([]);
  const url = await host.ready;
  expect(host.stdout()).toBe(`ready ${url}\n`);
  expect((await fetch(`${url}/config.json`)).status).toBe(200);
  host.child.kill("SIGTERM");
  expect(await host.exited).toBe(0);
  expect(processesOfHome()).toEqual([]);
});

for (const through of ["main.ts", "launch.mjs"]) {
  test(`Ctrl-C ends everything started through ${through}`, async () => {
    const host = run([], {}, through);
    expect(await host.ready).toBeDefined();
    // The terminal signals every process of the foreground group.
    process.kill(-(host.child.pid ?? 0), "SIGINT");
    expect(await host.exited).toBe(0);
    expect(processesOfHome()).toEqual([]);
  });
}

test("nothing outlives a killed host, and the next start recovers", async () => {
  const host = run([]);
  const url = await host.ready;
  expect(url).toBeDefined();
  host.child.kill("SIGKILL");
  await host.exited;
  await expect.poll(processesOfHome, { timeout: 10_000 }).toEqual([]);
  const again = run([]);
  expect(await again.ready).toBeDefined();
});

test("nothing outlives a killed launcher", async () => {
  const host = run([], {}, "launch.mjs");
  await host.ready;
  host.child.kill("SIGKILL");
  await expect.poll(processesOfHome, { timeout: 10_000 }).toEqual([]);
});

test("two hosts on one home: the second says so", async () => {
  const first = run([]);
  await first.ready;
  const second = run([]);
  expect(await second.exited).toBe(1);
  expect(second.stdout()).toBe("");
  expect(second.stderr()).toContain(`Runboard already runs on ${programHome} (process ${first.child.pid})`);
});

test("a taken port is named, and nothing is left running", async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
  const address = blocker.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const host = run(["--port", String(port)]);
  expect(await host.exited).toBe(1);
  expect(host.stderr()).toContain(`Port ${port} on 127.0.0.1 is taken`);
  expect(host.stderr()).toContain("--port 0");
  blocker.close();
  expect(processesOfHome()).toEqual([]);
});

test("other addresses need secrets of the operator's own", async () => {
  const host = run(["--host", "0.0.0.0"]);
  expect(await host.exited).toBe(1);
  expect(host.stderr()).toContain("still the generated ones");
});

test("an unknown flag is a usage error that lists the flags", async () => {
  const host = run(["--prot", "1"]);
  expect(await host.exited).toBe(1);
  expect(host.stderr()).toContain("Known flags: --headless");
});

test("secrets are made with mode 600 and refused with a wider one", async () => {
  const stack = await startStack(fixture());
  await stack.stop();
  const file = join(home, "secrets.env");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  await expect(startStack(fixture())).rejects.toThrow("can be read by other users");
});

test("the database asks for its password", async () => {
  const stack = await startStack(fixture());
  const url = new URL(stack.database.adminUrl);
  url.password = "guess";
  const sql = postgres(url.href, { max: 1, onnotice: () => {} });
  await expect(sql`select 1`).rejects.toThrow("password authentication failed");
  await sql.end();
  await stack.stop();
});

test("a home of another Postgres version is left alone", async () => {
  mkdirSync(join(home, "postgres"), { recursive: true });
  writeFileSync(join(home, "postgres/PG_VERSION"), "16\n");
  await expect(startStack(fixture())).rejects.toThrow("made by Postgres 16");
  expect(readFileSync(join(home, "postgres/PG_VERSION"), "utf8")).toBe("16\n");
});

test("a home with migrations this version does not know is left alone", async () => {
  const stack = await startStack(fixture());
  await stack.stop();
  const empty = mkdtempSync(join(tmpdir(), "runboard-migrations-"));
  await expect(startStack(fixture({ migrationsDir: empty }))).rejects.toThrow("does not know");
  rmSync(empty, { recursive: true });
});

test("a migration that fails says where, and keeps nothing", async () => {
  const dir = mkdtempSync(join(tmpdir(), "runboard-migrations-"));
  writeFileSync(join(dir, "1_first.sql"), "create table public.kept (id int);");
  writeFileSync(join(dir, "2_second.sql"), "create table public.lost (id int);\nselect nonsense;\n");
  await expect(startStack(fixture({ migrationsDir: dir }))).rejects.toThrow(
    'Migration 2_second failed at line 2: column "nonsense" does not exist',
  );
  writeFileSync(join(dir, "2_second.sql"), "create table public.lost (id int);");
  const stack = await startStack(fixture({ migrationsDir: dir }));
  await stack.stop();
  rmSync(dir, { recursive: true });
});

test("data survives a restart", async () => {
  const first = await startStack(fixture());
  const sql = postgres(first.database.adminUrl, { max: 1 });
  await sql`insert into rooms (id, title) values ('kept', 'Kept')`;
  await sql.end();
  await first.stop();
  const second = await startStack(fixture());
  const again = postgres(second.database.adminUrl, { max: 1 });
  expect(await again`select title from rooms`).toMatchObject([{ title: "Kept" }]);
  await again.end();
  await second.stop();
});
