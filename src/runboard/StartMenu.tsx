// Starts a published workflow from the board, for those that need no input or have it all by default.
import { Play } from "lucide-react";
import { startRun } from "../data/runs.ts";
import { Button } from "../ui/button.tsx";
import { DropdownMenu } from "../ui/dropdown-menu.tsx";
import type { MenuEntry } from "../ui/menu-entry.ts";
import { showFailure } from "../ui/toast.tsx";

export interface StartableWorkflow {
  id: string;
  title: string;
  liveVersion: number | null;
  status: "active" | "paused" | "archived";
}

/** Starts a run with no input; says why when the workflow wants some. */
export async function start(workflow: StartableWorkflow): Promise<void> {
  try {
    await startRun(workflow.id);
  } catch (error) {
    showFailure(`${workflow.title} could not be started from here`, error);
  }
}

/** Workflows that may be started now. */
export function startable(workflows: readonly StartableWorkflow[]): StartableWorkflow[] {
  return workflows.filter((workflow) => workflow.liveVersion !== null && workflow.status === "active");
}

export function StartMenu({ workflows }: { workflows: readonly StartableWorkflow[] }) {
  const ready = startable(workflows);
  const entries: MenuEntry[] = ready.map((workflow) => ({
    label: `${workflow.title} v${workflow.liveVersion}`,
    onSelect: () => void start(workflow),
  }));
  if (ready.length === 0) return null;
  return (
    <DropdownMenu
      trigger={
        <Button variant="primary" icon={<Play />}>
          Start a run
        </Button>
      }
      entries={[{ heading: "Published workflows" }, ...entries]}
    />
  );
}
