import { Play, SearchX, SquareKanban } from "lucide-react";
import type { RunStatus } from "../core/run.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { runStatusLook } from "../ui/status.tsx";
import { start, startable, type StartableWorkflow } from "./StartMenu.tsx";

const lessons: readonly { status: RunStatus; text: string }[] = [
  { status: "queued", text: "It has a place in a lane and starts when the lane has room." },
  { status: "running", text: "Its card names the step at work and counts the steps that are done." },
  { status: "waiting", text: "For a person, a timer or a retry; the card says for what and until when." },
  { status: "failed", text: "What is done stays done. Retry goes on from the step that failed." },
];

/** Teaches what will stand on the board and how to get the first card. */
export function EmptyBoard({ workflows }: { workflows: readonly StartableWorkflow[] }) {
  const ready = startable(workflows).slice(0, 2);
  return (
    <div className="min-h-0 overflow-y-auto">
      <EmptyState
        icon={<SquareKanban />}
        title="No run yet"
        className="pb-8"
        actions={ready.map((workflow, n) => (
          <Button
            key={workflow.id}
            variant={n === 0 ? "primary" : "secondary"}
            icon={<Play />}
            onClick={() => void start(workflow)}
          >
            Run {workflow.title}
          </Button>
        ))}
      >
        <p>
          Every run gets a card in a lane and moves as it happens.{" "}
          {ready.length > 0
            ? "Start one of your workflows and watch."
            : "Open a workflow, publish it, and press Run."}
        </p>
      </EmptyState>
      <dl className="mx-auto grid max-w-3xl grid-cols-1 gap-3 px-6 pb-16 sm:grid-cols-2 xl:max-w-5xl xl:grid-cols-4">
        {lessons.map(({ status, text }) => (
          <div key={status} className="rounded-card border border-line bg-raised px-4 py-3">
            <dt className="flex items-center gap-2 font-medium">
              <StatusIcon tone={runStatusLook[status].tone} className="size-3.5 animate-none" />
              {runStatusLook[status].label}
            </dt>
            <dd className="mt-1 text-sm text-muted">{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

export function NothingMatches({ onClear }: { onClear: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No run matches these filters"
      actions={<Button onClick={onClear}>Clear the filters</Button>}
    >
      <p>Runs further back than the board has read are found by opening “Show more” in a lane first.</p>
    </EmptyState>
  );
}
