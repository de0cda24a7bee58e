// The choices of a retry, and what each would do, before anything happens.
import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import type { RetryMode } from "../core/run.ts";
import { asDataError } from "../data/data-error.ts";
import { loadSteps } from "../data/steps.ts";
import { Button } from "../ui/button.tsx";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { Field } from "../ui/field.tsx";
import { SegmentedControl } from "../ui/segmented-control.tsx";
import { Select } from "../ui/select.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { showDone } from "../ui/toast.tsx";
import type { CardRun } from "./card.ts";
import { RetryInput } from "./RetryInput.tsx";
import { RetryPreview } from "./RetryPreview.tsx";
import { RetryVersion } from "./RetryVersion.tsx";
import { useRetry } from "./use-retry.ts";

const modeHelp: Record<RetryMode, string> = {
  resume: "Goes on where the run stopped. Finished steps keep their results.",
  from_step: "Makes a new run that does the chosen step and everything after it again.",
  restart: "Makes a new run that does everything again.",
};

interface RetrySheetProps {
  run: CardRun;
  /** The step that from_step starts at first. */
  step?: string | undefined;
  /** The workflow's live version; null when nothing is published. */
  liveVersion: number | null;
  onClose: () => void;
  /** Told the run that goes on: the same or a new one. */
  onRetried: (runId: string) => void;
}

function StepChoice({
  run,
  from,
  onChange,
}: {
  run: CardRun;
  from: string;
  onChange: (step: string) => void;
}) {
  const steps = useQuery({ queryKey: ["run", run.id, "steps"], queryFn: () => loadSteps(run.id) });
  const choices = (steps.data ?? []).filter((each) => each.itemPath.length === 0 && each.role === null);
  return (
    <Field label="Start again at">
      {(control) => (
        <Select
          {...control}
          value={from}
          onChange={onChange}
          placeholder="Choose a step…"
          options={choices.map(({ stepKey, title, status }) => ({
            value: stepKey,
            label: title,
            hint: status,
          }))}
        />
      )}
    </Field>
  );
}

export function RetrySheet({ run, step, liveVersion, onClose, onRetried }: RetrySheetProps) {
  const retry = useRetry(run, step);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>(null);
  const problem = refusal ?? retry.problem;
  const go = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const { runId } = await retry.retry();
      showDone(runId === run.id ? `${run.title} goes on` : `${run.title} started anew`);
      onRetried(runId);
      onClose();
    } catch (error) {
      setRefusal(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title="Retry"
      description={run.title}
      width={520}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            variant="primary"
            icon={<RotateCcw />}
            busy={busy}
            disabled={!retry.mayRetry}
            onClick={() => void go()}
          >
            Retry
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <div>
          <SegmentedControl
            label="Mode"
            value={retry.mode}
            onChange={retry.setMode}
            segments={[
              ...(retry.resumable ? [{ value: "resume" as const, label: "Resume from failure" }] : []),
              { value: "from_step" as const, label: "From a step" },
              { value: "restart" as const, label: "Restart" },
            ]}
          />
          <p className="mt-1.5 text-sm text-muted">{modeHelp[retry.mode]}</p>
        </div>
        {retry.mode === "from_step" && <StepChoice run={run} from={retry.from} onChange={retry.setFrom} />}
        <RetryVersion run={run} liveVersion={liveVersion} value={retry.choice} onChange={retry.setChoice} />
        {retry.input && <RetryInput {...retry.input} />}
        {problem ? (
          <ErrorPanel
            title={asDataError(problem).message}
            next={asDataError(problem).hint}
            code={asDataError(problem).code}
          />
        ) : retry.preview ? (
          <RetryPreview preview={retry.preview} decisions={retry.decisions} onDecide={retry.decide} />
        ) : (
          retry.isLoading && <Skeleton className="h-24" />
        )}
      </div>
    </Sheet>
  );
}
