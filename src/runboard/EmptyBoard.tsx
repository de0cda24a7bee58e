import { Play, SearchX, SquareKanban } from "lucide-react";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { start, startable, type StartableWorkflow } from "./StartMenu.tsx";

/** Teaches what will stand on the board and how to get the first card. */
export function EmptyBoard({ workflows }: { workflows: readonly StartableWorkflow[] }) {
  const ready = startable(workflows).slice(0, 2);
  return (
    <EmptyState
      icon={<SquareKanban />}
      title="No run yet"
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
      {ready.length > 0 ? (
        <p>
          Every run gets a card here: what it does now, how far it is, what it waits for. Start one of your
          workflows and watch it move.
        </p>
      ) : (
        <p>
          Every run gets a card here: what it does now, how far it is, what it waits for. Open a workflow,
          publish it, and press Run.
        </p>
      )}
    </EmptyState>
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
