// What every command shares: the options that say where to go and how to answer.
import { Command } from "commander";
import { connectSignedIn, pickWorkspace, type Api, type Workspace } from "../api.ts";
import { defaultUrl } from "../config.ts";

export interface SharedOptions {
  url: string;
  workspace?: string;
  json: boolean;
}

export function withSharedOptions(command: Command): Command {
  return command
    .option("--url <url>", "address of Runboard", defaultUrl)
    .option("--workspace <slug>", "workspace, if you are in several")
    .option("--json", "answer with JSON", false);
}

export async function openWorkspace(options: SharedOptions): Promise<{ api: Api; workspace: Workspace }> {
  const api = await connectSignedIn(options.url);
  return { api, workspace: await pickWorkspace(api, options.workspace) };
}
