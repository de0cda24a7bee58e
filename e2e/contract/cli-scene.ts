// The command line against the running product: what a script or a CI pipeline relies on.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { startProduct } from "../browser/stack.ts";

export interface CliAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

export interface CliScene {
  readonly url: string;
  runboard(...args: string[]): Promise<CliAnswer>;
  /** Writes a file to import. @returns its path */
  file(name: string, text: string): string;
  /** Imports a workflow's file and publishes it. */
  publish(path: string, slug: string): Promise<void>;
  close(): Promise<void>;
}

/** The product with an owner who is signed in. */
export async function openCliScene(): Promise<CliScene> {
  const folder = mkdtempSync(join(tmpdir(), "runboard-cli-"));
  const stack = await startProduct();
  const env = {
    ...process.env,
    RUNBOARD_CLI_SESSION: join(folder, "session.json"),
    RUNBOARD_PASSWORD: "correct horse battery",
  };
  const runboard = (...args: string[]) =>
    new Promise<CliAnswer>((resolve) => {
      execFile(
        process.execPath,
        ["src/cli/main.ts", ...args, "--url", stack.url],
        { env, maxBuffer: 64 * 1024 * 1024 },
        (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
      );
    });
  const created = await runboard("user", "create", "owner@example.com", "--json");
  expect(created).toMatchObject({ code: 0, stderr: "" });
  return {
    url: stack.url,
    runboard,
    file(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    async publish(path, slug) {
      expect(await runboard("workflow", "import", path)).toMatchObject({ code: 0, stderr: "" });
      expect(await runboard("workflow", "publish", slug)).toMatchObject({ code: 0, stderr: "" });
    },
    async close() {
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const lines = ({ stdout }: CliAnswer) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

export const refusal = ({ stderr }: CliAnswer) => JSON.parse(stderr).error;
