// `runboard proof export|verify`: what a run proved, as a file, and whether such a file holds.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Command } from "commander";
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { Hash } from "../../core/json.ts";
import { bundleOf, ProofBundle } from "../../core/proof-bundle.ts";
import { readBundle, verifyBundle, type BundleProblem } from "../../core/verify-bundle.ts";
import { connectSignedIn } from "../api.ts";
import { CliError } from "../cli-error.ts";
import { show } from "../output.ts";
import { readBundleRows } from "../read-bundle-rows.ts";
import { withSharedOptions, type SharedOptions } from "./program.ts";

const digest = (utf8: Uint8Array) => bytesToHex(sha256(utf8));

function addExport(proof: Command): void {
  withSharedOptions(proof.command("export <run>").description("write what a run proved to a file"))
    .requiredOption("-o, --output <file>", "the file to write; - for standard output")
    .action(async (runId: string, options: SharedOptions & { output: string }) => {
      const api = await connectSignedIn(options.url);
      const bundle = bundleOf(await readBundleRows(api, runId), new Date().toISOString(), digest);
      const text = `${JSON.stringify(bundle, null, 2)}\n`;
      if (options.output === "-") {
        process.stdout.write(text);
        return;
      }
      write(options.output, text);
      const { proofs, proofHead, run } = bundle;
      show(options, { file: options.output, proofs: proofs.length, head: proofHead ?? null }, [
        `${options.output}: ${counted(proofs.length, "proof")} of ${run.title}.`,
        `The chain ends in ${proofHead ?? run.planHash}. Keep this apart from the file: it tells later that the file is of this run.`,
      ]);
    });
}

function addVerify(proof: Command): void {
  proof
    .command("verify <file>")
    .description("check a proof bundle, without a server: exit code 0 if it holds, 1 if not")
    .option("--head <hash>", "the end of the chain as noted at the export")
    .option("--file <path...>", "files that should be artifacts of the run, by name or content")
    .option("--json", "answer with JSON", false)
    .action((path: string, options: { head?: string; file?: string[]; json: boolean }) => {
      const head = options.head?.toLowerCase();
      if (head !== undefined && !Hash.safeParse(head).success)
        throw new CliError("usage", `"${options.head}" is not a SHA-256.`, "It has 64 hexadecimal digits.");
      const files = new Map(
        (options.file ?? []).map((name) => [basename(name), bytesToHex(sha256(readBytes(name)))]),
      );
      const read = readBundle(new TextDecoder().decode(readBytes(path)));
      const problems =
        "problem" in read
          ? [read.problem]
          : verifyBundle(read.value, digest, { files, ...(head === undefined ? {} : { head }) });
      const bundle = "value" in read ? ProofBundle.safeParse(read.value).data : undefined;
      show(options, { ok: problems.length === 0, problems }, linesOf(path, problems, bundle, head));
      if (problems.length > 0) process.exitCode = 1;
    });
}

function linesOf(
  path: string,
  problems: readonly BundleProblem[],
  bundle: ProofBundle | undefined,
  head: string | undefined,
): string[] {
  if (problems.length > 0)
    return [
      `${path} does not hold: ${counted(problems.length, "problem")}.`,
      ...problems.map(
        ({ code, place, message }) => `  ${code.padEnd(18)} ${place === "" ? "" : `${place}: `}${message}`,
      ),
    ];
  if (!bundle) return [];
  const { run, plan, proofs, steps, proofHead } = bundle;
  const count = (verdict: string) => proofs.filter((proof) => proof.verdict === verdict).length;
  return [
    `${path} holds.`,
    `  run       ${run.title}, ${run.status} (${run.id})`,
    `  plan      ${plan.planHash}, ${counted(plan.steps.length, "step")}`,
    `  outcomes  ${steps.filter((step) => step.status === "succeeded").length} of ${steps.length} succeeded`,
    `  proofs    ${count("passed")} passed, ${count("failed")} failed, ${count("error")} could not be made`,
    `  head      ${proofHead ?? run.planHash}`,
    ...(head === undefined
      ? [
          "  A whole file can be made anew: compare the head with the one noted at the export, or give it with --head.",
        ]
      : []),
  ];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** @throws CliError when it cannot be read */
function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    throw new CliError("no_file", `The file ${path} cannot be read.`, "Check the path and its permissions.");
  }
}

/** @throws CliError when it cannot be written */
function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch {
    throw new CliError(
      "no_file",
      `The file ${path} cannot be written.`,
      "Check the folder and its permissions.",
    );
  }
}

export function addProof(program: Command): void {
  const proof = program.command("proof").description("what runs proved");
  addExport(proof);
  addVerify(proof);
}
