// Which workspace to open when the address does not say. Kept per browser.
import type { WorkspaceRow } from "../../data/workspaces.ts";

const storageKey = "runboard.workspace";

export function rememberWorkspace(slug: string): void {
  localStorage.setItem(storageKey, slug);
}

/** @returns the one opened last if it still exists, else the first */
export function workspaceToOpen(workspaces: readonly WorkspaceRow[]): WorkspaceRow | undefined {
  const last = localStorage.getItem(storageKey);
  return workspaces.find((workspace) => workspace.slug === last) ?? workspaces[0];
}
