// The choices of a retry, and what each would do, before anything happens.
import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import type { Json, JsonObject } from "../core/json.ts";
import { RetryMode } from "../core/run.ts";
import { asDataError } from "../data/data-error.ts";
import { loadSteps, retryPreview, retryRun, runPayloadsQuery } from "../data/runs.ts";
import { Button } from "../ui/button.tsx";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { Field } from "../ui/field.tsx";
import { CodeEditor } from "../ui/monaco.tsx";
import { SegmentedControl } from "../ui/segmented-control.tsx";
import { Select } from "../ui/select.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { showDone } from "../ui/toast.tsx";
import type { CardRun } from "./card.ts";
import { judge } from "./retry-choice.ts";
import { RetryPreview } from "./RetryPreview.tsx";

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

function readInput(text: string): { value: JsonObject } | { error: string } {
  try {
    const value: Json = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { value };
    return { error: "The input of a run is a JSON object: put it in { }." };
  } catch (error) {
    return { error: `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

export function RetrySheet({ run, step, liveVersion, onClose, onRetried }: RetrySheetProps) {
  const resumable = run.status === "failed" || run.status === "cancelled";
  const [mode, setMode] = useState<RetryMode>(step ? "from_step" : resumable ? "resume" : "restart");
  const [from, setFrom] = useState(step ?? run.error?.step ?? "");
  const [version, setVersion] = useState<"same" | "live">("same");
  const [text, setText] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>(null);
  const steps = useQuery({
    queryKey: ["run", run.id, "steps"],
    queryFn: () => loadSteps(run.id),
    enabled: mode === "from_step",
  });
  const payloads = useQuery({ ...runPayloadsQuery(run.id), enabled: mode === "restart" });
  const request = {
    mode,
    step: mode === "from_step" ? from : undefined,
    version: version === "live" ? ("live" as const) : undefined,
  };
  const ready = mode !== "from_step" || from !== "";
  const preview = useQuery({
    queryKey: ["run", run.id, "retry-preview", request, run.lastSeq],
    queryFn: () => retryPreview(run.id, request),
    enabled: ready,
    retry: false,
  });
  const original = JSON.stringify(payloads.data?.input ?? {}, null, 2);
  const edited = mode === "restart" && text !== null && text !== original ? readInput(text) : null;
  const wrongInput = edited && "error" in edited ? edited.error : undefined;
  const blocked = preview.data ? judge(preview.data).decisions.length > 0 : true;
  const problem = refusal ?? preview.error;

  const retry = async () => {
    setBusy(true);
    setRefusal(null);
    try {
      const result = await retryRun(run.id, {
        ...request,
        ...(edited && "value" in edited ? { input: edited.value } : {}),
      });
      showDone(result.runId === run.id ? `${run.title} goes on` : `${run.title} started anew`);
      onRetried(result.runId);
      onClose();
    } catch (error) {
      setRefusal(error);
    } finally {
      setBusy(false);
    }
  };

  const choices = (steps.data ?? []).filter((each) => each.itemPath.length === 0 && each.role === null);
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
            disabled={!ready || blocked || wrongInput !== undefined}
            onClick={() => void retry()}
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
            value={mode}
            onChange={setMode}
            segments={[
              ...(resumable ? [{ value: "resume" as const, label: "Resume from failure" }] : []),
              { value: "from_step" as const, label: "From a step" },
              { value: "restart" as const, label: "Restart" },
            ]}
          />
          <p className="mt-1.5 text-sm text-muted">{modeHelp[mode]}</p>
        </div>
        {mode === "from_step" && (
          <Field label="Start again at">
            {(control) => (
              <Select
                {...control}
                value={from}
                onChange={setFrom}
                placeholder="Choose a step…"
                options={choices.map((each) => ({
                  value: each.stepKey,
                  label: each.title,
                  hint: each.status,
                }))}
              />
            )}
          </Field>
        )}
        {liveVersion !== null && liveVersion !== run.version && (
          <Field
            label="Version"
            help={
              version === "same"
                ? "The plan this run was made from."
                : "A run never changes its plan, so this makes a new run. Results that still fit are reused."
            }
          >
            {(control) => (
              <Select
                {...control}
                value={version}
                onChange={setVersion}
                options={[
                  { value: "same", label: `v${run.version}, as before` },
                  { value: "live", label: `v${liveVersion}, live now` },
                ]}
              />
            )}
          </Field>
        )}
        {mode === "restart" && (
          <Field
            label="Input"
            help="What the new run is given. Change it before you retry if it was the cause."
            error={wrongInput}
          >
            {() =>
              payloads.isPending ? (
                <Skeleton className="h-40" />
              ) : (
                <CodeEditor
                  language="json"
                  label="Input of the new run"
                  value={text ?? original}
                  onChange={setText}
                  height={180}
                />
              )
            }
          </Field>
        )}
        {problem ? (
          <ErrorPanel
            title={asDataError(problem).message}
            next={asDataError(problem).hint}
            code={asDataError(problem).code}
          />
        ) : preview.data ? (
          <RetryPreview preview={preview.data} />
        ) : (
          ready && <Skeleton className="h-24" />
        )}
      </div>
    </Sheet>
  );
}
