// What the command palette offers on every page: the pages, the workflows, the theme.
import { useNavigate } from "@tanstack/react-router";
import { LogOut, Workflow } from "lucide-react";
import { useMemo } from "react";
import { signOut } from "../../data/session.ts";
import { useWorkflows } from "../../data/workflows.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { useRegisterCommands, type PaletteCommand } from "../../ui/palette-commands.ts";
import { chooseTheme, themeChoices, useTheme } from "../../ui/theme.ts";
import { themeLook } from "./AccountMenu.tsx";
import { navItems } from "./nav-items.ts";

export function useShellCommands(workspace: WorkspaceRow): void {
  const navigate = useNavigate();
  const { data: workflows } = useWorkflows(workspace.id);
  const { choice } = useTheme();
  const { slug } = workspace;

  const pages = useMemo<PaletteCommand[]>(
    () =>
      navItems.map(({ to, label, icon: Icon }) => ({
        id: `page.${label}`,
        group: "Pages",
        title: label,
        icon: <Icon />,
        keywords: ["go to", "open"],
        run: () => void navigate({ to, params: { workspace: slug } }),
      })),
    [navigate, slug],
  );
  const open = useMemo<PaletteCommand[]>(
    () =>
      (workflows ?? [])
        .filter((workflow) => workflow.status !== "archived")
        .map((workflow) => ({
          id: `workflow.${workflow.slug}`,
          group: "Workflows",
          title: workflow.title,
          hint: workflow.slug,
          icon: <Workflow />,
          run: () =>
            void navigate({
              to: "/w/$workspace/workflows/$workflow",
              params: { workspace: slug, workflow: workflow.slug },
            }),
        })),
    [navigate, slug, workflows],
  );
  const app = useMemo<PaletteCommand[]>(
    () => [
      ...themeChoices
        .filter((one) => one !== choice)
        .map((one) => ({
          id: `theme.${one}`,
          group: "Appearance",
          title: one === "system" ? "Follow the system’s theme" : `Use the ${one} theme`,
          icon: themeLook[one].icon,
          keywords: ["theme", "colour", "mode", "toggle"],
          run: () => chooseTheme(one),
        })),
      {
        id: "account.sign-out",
        group: "Account",
        title: "Sign out",
        icon: <LogOut />,
        run: () => void signOut(),
      },
    ],
    [choice],
  );
  useRegisterCommands(pages);
  useRegisterCommands(open);
  useRegisterCommands(app);
}
