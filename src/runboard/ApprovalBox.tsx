// A person's decision, made where the step waits.
import { Check, X } from "lucide-react";
import { useState } from "react";
import type { Json } from "../core/json.ts";
import type { ApprovalVerdict } from "../data/run-verbs.ts";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { CodeEditor } from "../ui/monaco.tsx";
import { Field } from "../ui/field.tsx";
import { Payload } from "../ui/payload.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { Textarea } from "../ui/textarea.tsx";
import { formatRelative } from "../ui/time-format.ts";
import { formatMoment } from "./clock.ts";

export interface OpenApproval {
  id: string;
  /** `verifier`: people are one of the checks of a step's output, which is made already. */
  purpose?: string | undefined;
  title: string;
  message?: string | null | undefined;
  payload?: Json | undefined;
  /** Its payload may be changed before it is approved. */
  editable: boolean;
  quorum: number;
  approvals: number;
  expiresAt?: string | null | undefined;
}

export interface ApprovalBoxProps {
  approval: OpenApproval;
  onDecide: (verdict: ApprovalVerdict, comment: string | null, payload: Json | null) => Promise<void>;
}

/** @returns the value, or why the text is none */
export function readJson(text: string): { value: Json } | { error: string } {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return { error: `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

export function ApprovalBox({ approval, onDecide }: ApprovalBoxProps) {
  const [comment, setComment] = useState("");
  const [busy, setBusy] = useState<ApprovalVerdict | null>(null);
  const start = JSON.stringify(approval.payload ?? null, null, 2);
  const [text, setText] = useState(start);
  const now = useNow(1_000);
  const edited = approval.editable && text !== start;
  const read = edited ? readJson(text) : null;
  const wrong = read && "error" in read ? read.error : undefined;
  const decide = async (verdict: ApprovalVerdict) => {
    setBusy(verdict);
    const payload = read && "value" in read && verdict === "approved" ? read.value : null;
    await onDecide(verdict, comment.trim() || null, payload).finally(() => setBusy(null));
  };
  const until = approval.expiresAt
    ? `Open until ${formatMoment(approval.expiresAt, now)}, ${formatRelative(Date.parse(approval.expiresAt), now)}.`
    : "Open until somebody decides.";
  const isCheck = approval.purpose === "verifier";
  const about = isCheck ? "The output to look at" : "What is to be approved";
  return (
    <section
      aria-label={`${isCheck ? "Check" : "Approval"}: ${approval.title}`}
      className="rounded-card border border-waiting/50 bg-raised p-4"
    >
      <header className="flex items-start gap-2">
        <StatusIcon tone="waiting" shape="hand" className="mt-0.5" />
        <div className="min-w-0">
          <h3 className="font-semibold break-words">{approval.title}</h3>
          <p className="text-sm text-muted tabular">
            {until}
            {approval.quorum > 1 && ` ${approval.approvals} of ${approval.quorum} have approved.`}
          </p>
        </div>
      </header>
      {isCheck && (
        <p className="mt-3 text-muted">
          The step has done its work; this is a check of what came out. Passed, the run goes on with it. Not
          passed, the check fails, and the step with it where the check is required.
        </p>
      )}
      {approval.message && <p className="mt-3 break-words whitespace-pre-wrap">{approval.message}</p>}
      {approval.payload !== undefined && approval.payload !== null && (
        <div className="mt-3">
          {approval.editable ? (
            <Field label="What will be used" help="You may change it before you approve." error={wrong}>
              {() => (
                <CodeEditor
                  language="json"
                  value={text}
                  onChange={setText}
                  label="What will be used"
                  height={180}
                />
              )}
            </Field>
          ) : (
            <Payload value={approval.payload} label={about} maxHeight={240} />
          )}
        </div>
      )}
      <Field label="Comment" optional className="mt-3">
        {(control) => (
          <Textarea
            {...control}
            rows={2}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        )}
      </Field>
      <footer className="mt-3 flex gap-2">
        <Button
          variant="primary"
          icon={<Check />}
          busy={busy === "approved"}
          disabled={busy !== null || wrong !== undefined}
          onClick={() => void decide("approved")}
        >
          {isCheck ? "Passed" : "Approve"}
        </Button>
        <Button
          icon={<X />}
          busy={busy === "rejected"}
          disabled={busy !== null}
          onClick={() => void decide("rejected")}
        >
          {isCheck ? "Not passed" : "Reject"}
        </Button>
      </footer>
    </section>
  );
}
