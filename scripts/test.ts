// `npm test`: every check and every test, one after the other, with one table at the end.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Stage {
  script: string;
  /** How the stage tells how many tests it ran; checks count as one. */
  counts?: "vitest" | "playwright";
}

const stages: Stage[] = [
  { script: "check:format" },
  { script: "check:lint" },
  { script: "check:types" },
  { script: "check:deno" },
  { script: "build" },
  { script: "test:unit", counts: "vitest" },
  { script: "test:sql", counts: "vitest" },
  { script: "check:generated" },
  { script: "test:engine", counts: "vitest" },
  { script: "test:contract", counts: "vitest" },
  { script: "test:browser", counts: "playwright" },
];

const reports = mkdtempSync(join(tmpdir(), "runboard-test-"));
const rows: { stage: string; passed: number; failed: number; seconds: number }[] = [];

function run({ script, counts }: Stage): void {
  const report = join(reports, `${script.replace(":", "-")}.json`);
  const extra =
    counts === "vitest"
      ? ["--", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
      : counts === "playwright"
        ? ["--", "--reporter=list,json"]
        : [];
  console.log(`\n== ${script}`);
  const started = performance.now();
  const { status } = spawnSync("npm", ["run", "--silent", script, ...extra], {
    stdio: "inherit",
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  const seconds = (performance.now() - started) / 1_000;
  const { passed, failed } = counts === undefined ? { passed: 0, failed: 0 } : read(report, counts);
  const wrong = status === 0 ? 0 : Math.max(failed, 1);
  rows.push({
    stage: script,
    passed: counts === undefined && status === 0 ? 1 : passed,
    failed: wrong,
    seconds,
  });
}

function read(report: string, counts: "vitest" | "playwright"): { passed: number; failed: number } {
  try {
    const found = JSON.parse(readFileSync(report, "utf8"));
    return counts === "vitest"
      ? { passed: found.numPassedTests, failed: found.numFailedTests }
      : { passed: found.stats.expected + found.stats.flaky, failed: found.stats.unexpected };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

const only = process.argv.slice(2);
for (const stage of stages) if (only.length === 0 || only.includes(stage.script)) run(stage);
rmSync(reports, { recursive: true, force: true });

console.log("");
for (const { stage, passed, failed, seconds } of rows)
  console.log(
    `${failed === 0 ? "ok  " : "FAIL"}  ${stage.padEnd(18)} ${String(passed).padStart(5)} passed  ${String(failed).padStart(3)} failed  ${seconds.toFixed(0).padStart(4)} s`,
  );
const total = (key: "passed" | "failed") => rows.reduce((sum, row) => sum + row[key], 0);
console.log(`\n${total("passed")} passed, ${total("failed")} failed`);
process.exit(total("failed") === 0 ? 0 : 1);
