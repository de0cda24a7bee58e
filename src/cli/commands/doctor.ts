// `runboard doctor`: checks that everything the database promises about runs is true, and says what to do where it is not.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import postgres from "postgres";
import { CliError } from "../cli-error.ts";
import { databaseUrlFromEnvironment, homeFromEnvironment } from "../config.ts";
import { doctorAdvice } from "../doctor-advice.ts";
import { show } from "../output.ts";

interface DoctorOptions {
  databaseUrl?: string;
  home?: string;
  json: boolean;
}

interface Finding {
  promise: string;
  count: number;
  /** A few of the rows concerned: a run, or a run and what of it. */
  subjects: string[];
  advice: string;
}

const invariants = new URL("../../../supabase/tests/invariants.sql", import.meta.url);
const mostSubjects = 5;

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("check what the database promises about runs; changes nothing")
    .option(
      "--database-url <url>",
      "a role that may read everything; default: the bundled database of --home",
    )
    .option("--home <dir>", "folder of the installation")
    .option("--json", "answer with JSON", false)
    .action(async (options: DoctorOptions) => {
      const { runs, findings } = await examine(
        options.databaseUrl ?? databaseUrlFromEnvironment ?? bundledUrl(options),
      );
      if (findings.length > 0) process.exitCode = 1;
      show(options, { ok: findings.length === 0, runs, findings }, report(runs, findings));
    });
}

function report(runs: number, findings: Finding[]): string[] {
  if (findings.length === 0)
    return [`All ${Object.keys(doctorAdvice).length} promises hold for ${runs} runs.`];
  return findings.flatMap(({ promise, count, subjects, advice }) => [
    `BROKEN  ${promise} (${count})`,
    ...subjects.map((subject) => `          ${subject}`),
    ...(count > subjects.length ? [`          and ${count - subjects.length} more`] : []),
    `        ${advice}`,
  ]);
}

/** Reads the whole database in one read-only transaction. @throws CliError when it cannot be reached or would not show everything */
async function examine(url: string): Promise<{ runs: number; findings: Finding[] }> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => {} });
  try {
    return await sql.begin("isolation level repeatable read read only", async (tx) => {
      const [role] = await tx<{ sees: boolean }[]>`
        select rolsuper or rolbypassrls as sees from pg_roles where rolname = current_user`;
      if (role?.sees !== true)
        throw new CliError(
          "not_everything",
          "This role does not see every row, so what it finds would prove nothing.",
          "Give the URL of a superuser, or of a role with bypassrls such as Supabase's postgres.",
        );
      const [known] = await tx<{ count: number }[]>`select count(*)::int as count from public.runs`;
      const rows = await tx.unsafe<{ promise: string; subject: string }[]>(readFileSync(invariants, "utf8"));
      const findings = [...Map.groupBy(rows, ({ promise }) => promise)].map(([promise, broken]) => ({
        promise,
        count: broken.length,
        subjects: broken.slice(0, mostSubjects).map(({ subject }) => subject),
        advice: doctorAdvice[promise] ?? "Report it with the run's events.",
      }));
      return { runs: known?.count ?? 0, findings };
    });
  } catch (error) {
    if (error instanceof CliError) throw error;
    const reason = error instanceof Error ? error.message || String(error) : String(error);
    throw new CliError(
      "database",
      `The database could not be examined: ${reason}`,
      "Is it running, and of this version? Start Runboard, or give another address with --database-url.",
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Where the bundled database of an installation listens, from its own files. */
function bundledUrl(options: DoctorOptions): string {
  const home = resolve(options.home ?? homeFromEnvironment);
  try {
    const port = readFileSync(join(home, "postgres", "postmaster.pid"), "utf8")
      .split("\n")[3]
      ?.trim();
    const password = /^RUNBOARD_POSTGRES_PASSWORD=(.*)$/m.exec(
      readFileSync(join(home, "secrets.env"), "utf8"),
    )?.[1];
    return `postgres://supabase_admin:${encodeURIComponent(password ?? "")}@127.0.0.1:${port}/postgres`;
  } catch {
    throw new CliError(
      "not_running",
      `No running Runboard was found in ${home}.`,
      "Start it, name its folder with --home, or give its database with --database-url.",
    );
  }
}
