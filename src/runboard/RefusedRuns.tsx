// The runs a verb on many did not do: each with the reason, one click from where it can be decided.
import { useQuery } from "@tanstack/react-query";
import { ArrowUpRight } from "lucide-react";
import { asDataError } from "../data/data-error.ts";
import { refusedRunsQuery, type RefusedRun } from "../data/operations.ts";
import { Button } from "../ui/button.tsx";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";

interface RefusedRunsProps {
  operationId: string;
  onClose: () => void;
  onOpenRun: (runId: string) => void;
}

function RunLine({ run, onOpen }: { run: RefusedRun; onOpen: () => void }) {
  return (
    <li className="flex items-start gap-3 px-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{run.title}</p>
        <p className="text-muted">{run.reason}</p>
      </div>
      <Button size="sm" icon={<ArrowUpRight />} onClick={onOpen} aria-label={`Open ${run.title}`}>
        Open
      </Button>
    </li>
  );
}

export function RefusedRuns({ operationId, onClose, onOpenRun }: RefusedRunsProps) {
  const { data, error } = useQuery(refusedRunsQuery(operationId));
  const parts = [
    { title: "Need you", runs: data?.filter(({ status }) => status === "set_aside") ?? [] },
    { title: "Refused", runs: data?.filter(({ status }) => status === "failed") ?? [] },
  ].filter(({ runs }) => runs.length > 0);
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title="Not done"
      description="Open a run to decide about it by itself."
    >
      {error ? (
        <ErrorPanel title={asDataError(error).message} next={asDataError(error).hint} />
      ) : data ? (
        parts.map(({ title, runs }) => (
          <section key={title} className="mb-5">
            <h3 className="text-sm font-medium text-muted">
              {title} <span className="font-normal text-faint tabular">{runs.length}</span>
            </h3>
            <ul className="mt-1.5 divide-y divide-line rounded-control border border-line">
              {runs.map((run) => (
                <RunLine key={run.runId} run={run} onOpen={() => onOpenRun(run.runId)} />
              ))}
            </ul>
          </section>
        ))
      ) : (
        <SkeletonRows rows={5} />
      )}
    </Sheet>
  );
}
