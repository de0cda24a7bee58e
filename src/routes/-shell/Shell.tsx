import { Outlet, useMatch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { CommandPalette } from "../../ui/command-palette.tsx";
import { rememberWorkspace } from "./last-workspace.ts";
import { useShellCommands } from "./shell-commands.tsx";
import { Sidebar } from "./Sidebar.tsx";
import { useWorkspaceLive } from "./workspace-live.ts";

/** The builder needs the room for its canvas, so it has a choice of its own. */
const compactKeys = { pages: "runboard.sidebar", builder: "runboard.sidebar.builder" };
type Place = keyof typeof compactKeys;
/** Pixels; narrower windows need the room for the page. */
const wideFrom = 1_180;

function startsCompact(place: Place): boolean {
  const stored = localStorage.getItem(compactKeys[place]);
  return stored === null ? place === "builder" || window.innerWidth < wideFrom : stored === "compact";
}

/** The frame of every page of a workspace. */
export function Shell({ workspace }: { workspace: WorkspaceRow }) {
  const builder = useMatch({ from: "/w/$workspace/workflows/$workflow", shouldThrow: false });
  const place: Place = builder ? "builder" : "pages";
  const [compact, setCompact] = useState(() => ({
    pages: startsCompact("pages"),
    builder: startsCompact("builder"),
  }));
  const feed = useWorkspaceLive(workspace.id);
  useShellCommands(workspace);
  useEffect(() => rememberWorkspace(workspace.slug), [workspace.slug]);
  const choose = (next: boolean) => {
    setCompact((before) => ({ ...before, [place]: next }));
    localStorage.setItem(compactKeys[place], next ? "compact" : "wide");
  };
  return (
    <div className="flex h-full">
      <a
        href="#main"
        className="sr-only z-50 rounded-control bg-accent-solid px-3 py-1 text-white focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <Sidebar workspace={workspace} feed={feed} compact={compact[place]} onCompact={choose} />
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 bg-panel outline-none">
        <Outlet />
      </main>
      <CommandPalette />
    </div>
  );
}
