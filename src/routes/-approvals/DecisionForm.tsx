import { useQueryClient } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useState } from "react";
import type { Json } from "../../core/json.ts";
import { Json as JsonShape } from "../../core/json.ts";
import type { ApprovalRow } from "../../data/approvals.ts";
import { asDataError, type DataError } from "../../data/data-error.ts";
import { decideApproval } from "../../data/run-verbs.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { Field } from "../../ui/field.tsx";
import { CodeEditor } from "../../ui/monaco.tsx";
import { Textarea } from "../../ui/textarea.tsx";
import { showDone } from "../../ui/toast.tsx";

type Verdict = "approved" | "rejected";

/** @returns the edited payload; `undefined` while nothing was edited, `"invalid"` when it is not JSON */
function editedPayload(text: string | undefined): { payload?: Json; invalid: boolean } {
  if (text === undefined) return { invalid: false };
  try {
    return { payload: JsonShape.parse(JSON.parse(text)), invalid: false };
  } catch {
    return { invalid: true };
  }
}

const approvalWords = {
  approved: "Approve",
  rejected: "Reject",
  approvedDone: "Approved",
  rejectedDone: "Rejected",
};
/** People are one of the checks of an output that is made already. */
const checkWords = {
  approved: "Passed",
  rejected: "Not passed",
  approvedDone: "Passed",
  rejectedDone: "Not passed",
};

export function DecisionForm({ approval }: { approval: ApprovalRow }) {
  const queries = useQueryClient();
  const [comment, setComment] = useState("");
  const [text, setText] = useState<string>();
  const [busy, setBusy] = useState<Verdict>();
  const [error, setError] = useState<DataError>();
  const { payload, invalid } = editedPayload(text);
  const words = approval.purpose === "verifier" ? checkWords : approvalWords;

  const decide = async (verdict: Verdict) => {
    setBusy(verdict);
    setError(undefined);
    try {
      await decideApproval(approval.id, verdict, comment, payload);
      showDone(`${words[`${verdict}Done`]}: ${approval.title}`);
      await queries.invalidateQueries({ queryKey: ["approvals", approval.workspaceId] });
    } catch (thrown) {
      setError(asDataError(thrown));
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <div className="flex flex-col gap-3 rounded-card border border-line bg-raised p-4">
      {error && (
        <ErrorPanel
          title="The decision was not taken"
          why={error.message}
          next={error.hint}
          detail={error.detail}
        />
      )}
      {approval.editable && (
        <Field label="Change before approving" optional error={invalid ? "This is not JSON yet." : undefined}>
          {() => (
            <CodeEditor
              language="json"
              label="Payload to approve"
              height={180}
              value={text ?? JSON.stringify(approval.payload ?? {}, null, 2)}
              onChange={setText}
            />
          )}
        </Field>
      )}
      <Field label="Comment" optional help="Kept with the decision; steps after it can read it.">
        {(control) => (
          <Textarea {...control} value={comment} onChange={(event) => setComment(event.target.value)} />
        )}
      </Field>
      <div className="flex justify-end gap-2">
        <Button
          icon={<X />}
          busy={busy === "rejected"}
          disabled={busy !== undefined}
          onClick={() => void decide("rejected")}
        >
          {words.rejected}
        </Button>
        <Button
          variant="primary"
          icon={<Check />}
          busy={busy === "approved"}
          disabled={busy !== undefined || invalid}
          onClick={() => void decide("approved")}
        >
          {words.approved}
        </Button>
      </div>
    </div>
  );
}
