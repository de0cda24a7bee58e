// What a node did in the run on the canvas: error first, then what it read and made.
import { useStepDetail } from "../../data/step-detail.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { failureWords } from "../../ui/failure-words.ts";
import { JsonTree } from "../../ui/json-tree.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { StatusBadge } from "../../ui/status.tsx";
import { Elapsed } from "../../ui/elapsed.tsx";
import { useBuilderValue } from "../builder-context.tsx";
import type { NodeRun } from "../run/overlay.ts";

export function RunTab({ runId, run }: { runId: string; run: NodeRun | undefined }) {
  const { onOpenRun } = useBuilderValue();
  if (!run)
    return <p className="text-muted">This node is not part of the version that ran, or it starts the run.</p>;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center gap-2">
        <StatusBadge status={run.status} waitingFor={run.waitingFor} />
        {run.attempt > 1 && <Badge>attempt {run.attempt}</Badge>}
        {run.fallback && <Badge tone="waiting">fallback used</Badge>}
        <Button size="sm" variant="ghost" className="ml-auto" onClick={() => onOpenRun(runId)}>
          Open run
        </Button>
      </div>
      {run.items && (
        <p className="text-muted tabular">
          {run.items.done} of {run.items.total} items done
          {run.items.failed > 0 && `, ${run.items.failed} failed`}
        </p>
      )}
      {run.status !== "pending" && <Detail runId={runId} run={run} />}
    </div>
  );
}

function Detail({ runId, run }: { runId: string; run: NodeRun }) {
  const detail = useStepDetail(runId, run.stepKey, [], `${run.status} ${run.attempt}`);
  if (detail.isPending) return <Skeleton className="h-24" />;
  if (detail.error) return <ErrorPanel title="The step could not be read" why={detail.error.message} />;
  const { attempts, inputs, output, logs, proofs } = detail.data;
  const last = attempts.at(-1);
  const error = run.status === "succeeded" && !run.fallback ? null : (last?.error ?? null);
  const words = error && failureWords(error, run.attempt);
  return (
    <>
      {error && words && (
        <ErrorPanel
          title={words.what}
          why={words.why}
          next={words.next}
          code={error.code}
          detail={words.raw}
        />
      )}
      {last && (
        <p className="text-sm text-muted">
          Took <Elapsed from={last.startedAt} to={last.finishedAt} />
          {last.queuedMs > 0 && ` after ${Math.round(last.queuedMs)} ms in the queue`}
        </p>
      )}
      {output !== undefined && (
        <section>
          <h3 className="mb-1 text-sm font-medium">Output</h3>
          <JsonTree value={output} root={`steps.${run.stepKey}.output`} label="Output" bare />
        </section>
      )}
      {inputs !== undefined && (
        <section>
          <h3 className="mb-1 text-sm font-medium">Input</h3>
          <JsonTree value={inputs} label="Input" bare />
        </section>
      )}
      {proofs.length > 0 && (
        <section>
          <h3 className="mb-1 text-sm font-medium">Checks</h3>
          <ul className="divide-y divide-line border-y border-line">
            {proofs.map((proof) => (
              <li key={proof.n} className="flex items-center gap-2 py-1">
                <Badge tone={proof.verdict === "passed" ? "succeeded" : "failed"}>{proof.verdict}</Badge>
                <span className="font-mono text-sm">{proof.verifier}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {logs.length > 0 && (
        <section>
          <h3 className="mb-1 text-sm font-medium">Log</h3>
          <ul className="font-mono text-sm">
            {logs.map((line, index) => (
              <li key={index} className="break-words text-muted">
                {line.text}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
