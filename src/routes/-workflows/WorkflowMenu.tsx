import { useNavigate } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Columns3, Copy, Download, Ellipsis, Pause, Play } from "lucide-react";
import type { WorkflowRow } from "../../data/workflows.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { DropdownMenu } from "../../ui/dropdown-menu.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import type { MenuEntry } from "../../ui/menu-entry.ts";
import { useWorkflowVerbs } from "./use-workflow-verbs.ts";

export function WorkflowMenu({ workspace, row }: { workspace: WorkspaceRow; row: WorkflowRow }) {
  const navigate = useNavigate();
  const { setStatus, duplicate, download } = useWorkflowVerbs(workspace);
  const archived = row.status === "archived";
  const paused = row.status === "paused";
  const entries: MenuEntry[] = [
    { label: "Duplicate", icon: <Copy />, onSelect: () => void duplicate(row) },
    { label: "Download as a file", icon: <Download />, onSelect: () => void download(row) },
    {
      label: "Show its runs on the board",
      icon: <Columns3 />,
      onSelect: () =>
        void navigate({
          to: "/w/$workspace/board",
          params: { workspace: workspace.slug },
          search: { workflow: row.id },
        }),
    },
    "separator",
    ...(archived
      ? []
      : [
          paused
            ? { label: "Let it run again", icon: <Play />, onSelect: () => void setStatus(row, "active") }
            : {
                label: "Pause: start no new runs",
                icon: <Pause />,
                onSelect: () => void setStatus(row, "paused"),
              },
        ]),
    archived
      ? { label: "Restore", icon: <ArchiveRestore />, onSelect: () => void setStatus(row, "active") }
      : { label: "Archive", icon: <Archive />, onSelect: () => void setStatus(row, "archived") },
  ];
  return (
    <DropdownMenu
      trigger={<IconButton label={`Actions for ${row.title}`} icon={<Ellipsis />} />}
      entries={entries}
    />
  );
}
