// `runboard user create`, `runboard login` and `runboard logout`.
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { practiceConnection } from "../../core/practice.ts";
import { callFunction, callVerb, connect, keepSession, Workspace, type Api } from "../api.ts";
import { CliError } from "../cli-error.ts";
import { forget, passwordFromEnvironment } from "../config.ts";
import { show } from "../output.ts";
import { withSharedOptions, type SharedOptions } from "./program.ts";

interface UserOptions extends SharedOptions {
  password?: string;
  workspaceName: string;
}

async function askPassword(given: string | undefined): Promise<string> {
  const known = given ?? passwordFromEnvironment;
  if (known !== undefined) return known;
  if (!process.stdin.isTTY)
    throw new CliError("no_password", "No password was given.", "Set RUNBOARD_PASSWORD, or pass --password.");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question("Password: ");
  prompt.close();
  return answer;
}

/** A first workspace, with the connection the samples need. */
async function createFirstWorkspace(api: Api, name: string): Promise<string> {
  const { data } = await api.client.from("workspaces").select("slug").limit(1);
  const first = data?.[0];
  if (first !== undefined) return String(first.slug);
  const made = Workspace.parse(await callVerb(api, "create_workspace", { name }));
  const connection = practiceConnection(new URL(api.url).origin);
  await callFunction(api, "connections", { workspaceId: made.id, ...connection });
  await callFunction(api, "tools", { workspaceId: made.id, connection: connection.slug });
  return made.slug;
}

export function addUser(program: Command): void {
  const user = program.command("user").description("accounts");
  withSharedOptions(
    user.command("create <email>").description("create an account, sign in, and make a first workspace"),
  )
    .option("--password <password>", "better: RUNBOARD_PASSWORD or the prompt")
    .option("--workspace-name <name>", "name of the first workspace", "My workspace")
    .action(async (email: string, options: UserOptions) => {
      const api = await connect(options.url);
      const password = await askPassword(options.password);
      const { data, error } = await api.client.auth.signUp({ email, password });
      if (error !== null || data.session === null)
        throw new CliError(
          error?.code ?? "sign_up_failed",
          `The account could not be created: ${error?.message ?? "no session"}.`,
          "If it exists already, use `runboard login`. A password needs at least 8 characters.",
        );
      keepSession(options.url, data.session);
      const workspace = await createFirstWorkspace(api, options.workspaceName);
      show(options, { id: data.user?.id, email, workspace }, [
        `Created ${email}, signed in, workspace ${workspace}.`,
      ]);
    });
  withSharedOptions(program.command("login <email>").description("sign in and remember it"))
    .option("--password <password>", "better: RUNBOARD_PASSWORD or the prompt")
    .action(async (email: string, options: UserOptions) => {
      const api = await connect(options.url);
      const { data, error } = await api.client.auth.signInWithPassword({
        email,
        password: await askPassword(options.password),
      });
      if (error !== null)
        throw new CliError(
          error.code ?? "sign_in_failed",
          "The e-mail or the password is wrong.",
          "Check both; a new account is made with `runboard user create`.",
        );
      keepSession(options.url, data.session);
      show(options, { id: data.user.id, email }, [`Signed in as ${email} at ${options.url}.`]);
    });
  withSharedOptions(program.command("logout").description("forget the saved session")).action(
    (options: SharedOptions) => {
      forget();
      show(options, { signedOut: true }, ["Signed out."]);
    },
  );
}
