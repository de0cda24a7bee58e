// What floats over the board for verbs on many runs: the chosen cards, the dialog, and how far the operations are.
import { useState } from "react";
import { BulkBar } from "./BulkBar.tsx";
import { BulkDialog } from "./BulkDialog.tsx";
import { chosenRuns, type BulkTarget } from "./bulk-filter.ts";
import { canCancel, canRetry } from "./card-actions.ts";
import type { CardLane, CardRun } from "./card.ts";
import { OperationCard } from "./OperationCard.tsx";
import { RefusedRuns } from "./RefusedRuns.tsx";
import { useOperations } from "./use-operations.ts";

interface BulkZoneProps {
  workspaceId: string;
  lanes: readonly CardLane[];
  chosen: readonly CardRun[];
  /** What the dialog is about; null when it is closed. */
  target: BulkTarget | null;
  onTarget: (target: BulkTarget | null) => void;
  onClear: () => void;
  onOpenRun: (runId: string) => void;
}

export function BulkZone({
  workspaceId,
  lanes,
  chosen,
  target,
  onTarget,
  onClear,
  onOpenRun,
}: BulkZoneProps) {
  const operations = useOperations(workspaceId);
  const [looking, setLooking] = useState<string | null>(null);
  const retryable = chosen.filter(canRetry);
  const cancellable = chosen.filter(canCancel);
  const act = async (verb: "retry" | "cancel", runs: readonly CardRun[]) => {
    if (await operations.start(verb, chosenRuns(runs))) onClear();
  };
  return (
    <>
      <div className="pointer-events-none absolute inset-x-4 bottom-4 z-20 flex flex-col items-center gap-2 *:pointer-events-auto">
        {operations.shown.map((operation) => (
          <OperationCard
            key={operation.id}
            operation={operation}
            onAbort={() => void operations.abort(operation)}
            onDismiss={() => operations.dismiss(operation)}
            onLook={() => setLooking(operation.id)}
          />
        ))}
        <BulkBar
          count={chosen.length}
          retryable={retryable.length}
          cancellable={cancellable.length}
          onRetry={() => void act("retry", retryable)}
          onCancel={() => void act("cancel", cancellable)}
          onChoose={() => onTarget(chosenRuns(chosen))}
          onClear={onClear}
        />
      </div>
      {target && (
        <BulkDialog
          workspaceId={workspaceId}
          target={target}
          lanes={lanes}
          onClose={() => onTarget(null)}
          onStart={async (verb, about, options) => {
            const started = await operations.start(verb, about, options);
            if (started) onClear();
            return started;
          }}
        />
      )}
      {looking && (
        <RefusedRuns operationId={looking} onClose={() => setLooking(null)} onOpenRun={onOpenRun} />
      )}
    </>
  );
}
