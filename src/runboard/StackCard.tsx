import { ChevronsUpDown } from "lucide-react";
import { StatusIcon } from "../ui/status-icon.tsx";
import type { Stack } from "./flood.ts";

/** Pixels, without the gap below. */
export const stackHeight = 52;

/** Many queued runs of one workflow as one thing, with the rate they come in at. */
export function StackCard({
  stack,
  workflowTitle,
  onOpen,
}: {
  stack: Stack;
  workflowTitle: string;
  onOpen: () => void;
}) {
  return (
    <button
      type="button"
      onClick={onOpen}
      style={{ height: stackHeight - 6 }}
      className="relative mb-1.5 flex w-full items-center gap-2 rounded-card border border-line bg-raised px-3 text-left hover:border-line-strong before:absolute before:inset-x-1.5 before:-bottom-1 before:-z-10 before:h-3 before:rounded-b-card before:border before:border-line before:bg-panel"
    >
      <StatusIcon tone="queued" className="size-3.5" />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium tabular">
          {stack.runs.length} more queued · {workflowTitle}
        </span>
      </span>
      <span className="shrink-0 text-sm text-faint tabular">{stack.perMinute}/min</span>
      <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
    </button>
  );
}
