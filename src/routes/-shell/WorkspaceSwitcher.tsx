import { useNavigate } from "@tanstack/react-router";
import { ChevronsUpDown, Plus } from "lucide-react";
import { useWorkspaces, type WorkspaceRow } from "../../data/workspaces.ts";
import { cx } from "../../ui/cx.ts";
import { DropdownMenu } from "../../ui/dropdown-menu.tsx";
import type { MenuEntry } from "../../ui/menu-entry.ts";

export function WorkspaceSwitcher({ workspace, compact }: { workspace: WorkspaceRow; compact: boolean }) {
  const navigate = useNavigate();
  const { data: workspaces = [workspace] } = useWorkspaces();
  const entries: MenuEntry[] = [
    { heading: "Workspaces" },
    ...workspaces.map((one) => ({
      label: one.name,
      icon: <Initial name={one.name} />,
      checked: one.id === workspace.id,
      onSelect: () => void navigate({ to: "/w/$workspace/workflows", params: { workspace: one.slug } }),
    })),
    "separator",
    { label: "New workspace", icon: <Plus />, onSelect: () => void navigate({ to: "/welcome" }) },
  ];
  return (
    <DropdownMenu
      align="start"
      className="w-56"
      entries={entries}
      trigger={
        <button
          type="button"
          className={cx(
            "flex h-9 w-full items-center gap-2 rounded-control px-1.5 text-left hover:bg-hover",
            compact && "justify-center px-0",
          )}
        >
          <Initial name={workspace.name} />
          <span className="sr-only">Switch workspace, now</span>
          <span className={cx("min-w-0 flex-1 truncate font-semibold", compact && "sr-only")}>
            {workspace.name}
          </span>
          {!compact && <ChevronsUpDown className="size-3.5 shrink-0 text-faint" aria-hidden />}
        </button>
      }
    />
  );
}

function Initial({ name }: { name: string }) {
  return (
    <span
      aria-hidden
      className="inline-flex size-5 shrink-0 items-center justify-center rounded-sm bg-accent-solid text-xs font-semibold text-white"
    >
      {name.trim().charAt(0).toUpperCase()}
    </span>
  );
}
