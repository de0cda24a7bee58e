// One step: its error first, typeset as text, then what it was given, what it made and whom it called.
import { useState, type ReactNode } from "react";
import type { ApprovalRow } from "../data/approvals.ts";
import type { StepRow } from "../data/runs.ts";
import { useStepDetail, type StepDetail } from "../data/step-detail.ts";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { Tabs, type Tab } from "../ui/tabs.tsx";
import { ApprovalBox } from "./ApprovalBox.tsx";
import { ReconcileBox } from "./ReconcileBox.tsx";
import type { ApprovalVerdict } from "../data/run-verbs.ts";
import { ArtifactView } from "./ArtifactView.tsx";
import { failureWords } from "../ui/failure-words.ts";
import { FormBox } from "./FormBox.tsx";
import { SignalBox } from "./SignalBox.tsx";
import { signalOf } from "./waiting.ts";
import { StoredValue } from "./StoredValue.tsx";
import { StepHead } from "./StepHead.tsx";
import { AttemptsList, CallsList, LogsList, Nothing, ProofsList } from "./step-parts.tsx";
import type { Json } from "../core/json.ts";

type Part = "error" | "decide" | "output" | "input" | "attempts" | "calls" | "logs" | "proofs" | "artifacts";

export interface StepPanelProps {
  step: StepRow;
  /** Open ones of this step. */
  approvals: readonly ApprovalRow[];
  onDecide: (
    approval: ApprovalRow,
    verdict: ApprovalVerdict,
    comment: string | null,
    payload: Json | null,
  ) => Promise<void>;
  onRetryFrom: (() => void) | undefined;
  /** Shows another run; absent where nobody can. */
  onOpenRun?: ((runId: string) => void) | undefined;
}

function Value({
  value,
  label,
  path,
  empty,
}: {
  value: Json | undefined;
  label: string;
  path: string;
  empty: string;
}) {
  return value === undefined || value === null ? (
    <Nothing>{empty}</Nothing>
  ) : (
    <div className="p-4">
      <StoredValue value={value} label={label} root={path} maxHeight={520} />
    </div>
  );
}

function ErrorPage({ step, detail }: { step: StepRow; detail: StepDetail | undefined }) {
  if (!step.error) return null;
  // The newest attempt's error quotes the other side, for those who may see payloads; the step's own does not.
  const error = detail?.attempts.findLast((attempt) => attempt.error)?.error ?? step.error;
  const { what, why, next } = failureWords(step.error, step.tries);
  const { raw } = failureWords(error, step.tries);
  return (
    <div className="space-y-5 p-4">
      <ErrorPanel title={what} why={why} next={next} code={step.error.code} detail={raw} />
      {detail?.inputs !== undefined && (
        <section>
          <h3 className="mb-1.5 text-sm font-medium text-muted">What it was given</h3>
          <StoredValue
            value={detail.inputs}
            label="Input"
            root={`steps.${step.stepKey}.input`}
            maxHeight={260}
          />
        </section>
      )}
      {detail && detail.logs.length > 0 && (
        <section>
          <h3 className="mb-1.5 text-sm font-medium text-muted">Its last words</h3>
          <div className="rounded-control border border-line bg-inset">
            <LogsList logs={detail.logs.slice(-20)} />
          </div>
        </section>
      )}
    </div>
  );
}

function isAtWork(step: StepRow): boolean {
  return step.status === "running" || step.status === "ready" || step.status === "pending";
}

function pagesOf({ step, approvals, onDecide }: StepPanelProps, detail: StepDetail | undefined): Tab<Part>[] {
  const wait = (content: ReactNode): ReactNode => (detail ? content : <SkeletonRows rows={4} />);
  const output = detail?.output;
  const awaited = signalOf(step.waitingFor);
  const pages: (Tab<Part> | false)[] = [
    approvals.length > 0 && {
      value: "decide",
      label: approvals.some(({ purpose }) => purpose === "form") ? "Form" : "Decide",
      content: (
        <div className="space-y-3 p-4">
          {approvals.map((approval) => {
            if (approval.purpose === "form") return <FormBox key={approval.id} approval={approval} />;
            const Box = approval.purpose === "reconcile" ? ReconcileBox : ApprovalBox;
            return (
              <Box
                key={approval.id}
                approval={{
                  ...approval,
                  editable: approval.editable !== undefined,
                  quorum: approval.approvers.quorum,
                  approvals: approval.votes.filter((vote) => vote.verdict === "approved").length,
                }}
                onDecide={(...decision) => onDecide(approval, ...decision)}
              />
            );
          })}
        </div>
      ),
    },
    awaited !== null && {
      value: "decide",
      label: "Signal",
      content: <SignalBox runId={step.runId} name={awaited} until={step.waitingFor?.until} />,
    },
    step.error !== null && {
      value: "error",
      label: "Error",
      content: <ErrorPage step={step} detail={detail} />,
    },
    {
      value: "output",
      label: "Output",
      content: wait(
        <Value
          value={output}
          label="Output"
          path={`steps.${step.stepKey}.output`}
          empty={isAtWork(step) ? "No output yet." : "This step left no output, or you may not see it."}
        />,
      ),
    },
    {
      value: "input",
      label: "Input",
      content: wait(
        <Value
          value={detail?.inputs}
          label="Input"
          path={`steps.${step.stepKey}.input`}
          empty={
            step.attempt === 0 ? "This step has not begun." : "It was given nothing, or you may not see it."
          }
        />,
      ),
    },
    {
      value: "attempts",
      label: "Attempts",
      count: detail?.attempts.length ?? 0,
      content: wait(<AttemptsList attempts={detail?.attempts ?? []} />),
    },
    (detail?.calls.length ?? 0) > 0 && {
      value: "calls",
      label: "Calls",
      count: detail?.calls.length ?? 0,
      content: <CallsList calls={detail?.calls ?? []} />,
    },
    {
      value: "logs",
      label: "Logs",
      count: detail?.logs.length ?? 0,
      content: wait(
        detail && detail.logs.length > 0 ? (
          <LogsList logs={detail.logs} />
        ) : (
          <Nothing>It wrote no log lines.</Nothing>
        ),
      ),
    },
    (detail?.proofs.length ?? 0) > 0 && {
      value: "proofs",
      label: "Proofs",
      count: detail?.proofs.length ?? 0,
      content: <ProofsList proofs={detail?.proofs ?? []} />,
    },
    (detail?.artifacts.length ?? 0) > 0 && {
      value: "artifacts",
      label: "Artifacts",
      count: detail?.artifacts.length ?? 0,
      content: (
        <div className="space-y-3 p-4">
          {detail?.artifacts.map((artifact) => (
            <ArtifactView key={artifact.id} artifact={artifact} />
          ))}
        </div>
      ),
    },
  ];
  return pages.filter((page) => page !== false);
}

/** Give it the step's name as key, so that another step starts at its own first page: the error if it has one. */
export function StepPanel(props: StepPanelProps) {
  const { step, onRetryFrom, onOpenRun } = props;
  const mark = `${step.status} ${step.attempt}`;
  const { data: detail, error } = useStepDetail(step.runId, step.stepKey, step.itemPath, mark);
  const [picked, setPicked] = useState<Part | null>(null);
  const pages = pagesOf(props, detail);
  const shown = pages.find((page) => page.value === picked) ?? pages[0];
  return (
    <section aria-label={`Step ${step.title}`} className="flex h-full min-h-0 flex-col bg-panel">
      <StepHead step={step} onRetryFrom={onRetryFrom} onOpenRun={onOpenRun} />
      {error && (
        <ErrorPanel title="The step's details could not be read" why={error.message} className="m-4" />
      )}
      {shown && (
        <Tabs
          label="Parts of the step"
          value={shown.value}
          onChange={setPicked}
          tabs={pages}
          className="flex-1"
        />
      )}
    </section>
  );
}
