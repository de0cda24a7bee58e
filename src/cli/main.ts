// The command line: parses, runs one command, and turns what went wrong into a sentence and an exit code.
import { Command, CommanderError } from "commander";
import { CliError } from "./cli-error.ts";
import { addConnection } from "./commands/connection.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addProof } from "./commands/proof.ts";
import { addRun } from "./commands/run.ts";
import { addRuns } from "./commands/runs.ts";
import { addTools } from "./commands/tools.ts";
import { addTriggers } from "./commands/triggers.ts";
import { addUp } from "./commands/up.ts";
import { addUser } from "./commands/user.ts";
import { addWorkflow } from "./commands/workflow.ts";
import { showError } from "./output.ts";

const program = new Command("runboard")
  .description(
    "Draw workflows, run them, watch them. Exit codes: 0 succeeded, 1 the run failed, 2 wrong use or refused.",
  )
  .exitOverride()
  .showHelpAfterError("(add --help for the options)");
const groups = [
  addUp,
  addUser,
  addWorkflow,
  addRun,
  addRuns,
  addTriggers,
  addConnection,
  addTools,
  addDoctor,
  addProof,
];
for (const add of groups) add(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const known =
      error instanceof CliError
        ? error
        : new CliError(
            "unexpected",
            `Something unexpected happened: ${error instanceof Error ? error.message : String(error)}`,
            "Please report it with the command you ran.",
          );
    showError({ json: process.argv.includes("--json") }, known);
    process.exitCode = known.exitCode;
  }
}
// The socket of a watched run and keep-alive connections would hold the process; what is still to be written to a pipe must not be lost.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
