import type { Role } from "../../data/workspaces.ts";

/** What each role may do, from most to least. */
export const roleOptions = [
  { value: "owner", label: "Owner", hint: "Members, lanes and everything below" },
  { value: "editor", label: "Editor", hint: "Workflows, versions and connections" },
  { value: "operator", label: "Operator", hint: "Start, cancel, retry, decide" },
  { value: "viewer", label: "Viewer", hint: "Look, and nothing else" },
] satisfies { value: Role; label: string; hint: string }[];
