import { Columns3, Gauge, Hand, Plug, Settings, Workflow, type LucideIcon } from "lucide-react";

interface NavItem {
  to:
    | "/w/$workspace/workflows"
    | "/w/$workspace/board"
    | "/w/$workspace/approvals"
    | "/w/$workspace/connections"
    | "/w/$workspace/engine"
    | "/w/$workspace/settings";
  label: string;
  icon: LucideIcon;
}

/** The pages of a workspace, in the order of the sidebar. */
export const navItems: readonly NavItem[] = [
  { to: "/w/$workspace/workflows", label: "Workflows", icon: Workflow },
  { to: "/w/$workspace/board", label: "Board", icon: Columns3 },
  { to: "/w/$workspace/approvals", label: "Approvals", icon: Hand },
  { to: "/w/$workspace/connections", label: "Connections", icon: Plug },
  { to: "/w/$workspace/engine", label: "Engine", icon: Gauge },
  { to: "/w/$workspace/settings", label: "Settings", icon: Settings },
];
