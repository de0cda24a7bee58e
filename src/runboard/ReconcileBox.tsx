// Nobody knows whether a step happened outside: a person finds out and says so.
import { Check, RotateCcw, X } from "lucide-react";
import { useState } from "react";
import type { ApprovalVerdict } from "../data/run-verbs.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { CodeEditor } from "../ui/monaco.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { readJson, type ApprovalBoxProps } from "./ApprovalBox.tsx";

export function ReconcileBox({ approval, onDecide }: ApprovalBoxProps) {
  const [text, setText] = useState("{}");
  const [busy, setBusy] = useState<ApprovalVerdict | null>(null);
  const output = readJson(text);
  const wrong = "error" in output ? output.error : undefined;
  const decide = async (verdict: ApprovalVerdict) => {
    setBusy(verdict);
    const payload = verdict === "treat_as_done" && "value" in output ? output.value : null;
    await onDecide(verdict, null, payload).finally(() => setBusy(null));
  };
  return (
    <section
      aria-label={`Decision: ${approval.title}`}
      className="rounded-card border border-waiting/50 bg-raised p-4"
    >
      <header className="flex items-start gap-2">
        <StatusIcon tone="waiting" shape="hand" className="mt-0.5" />
        <div className="min-w-0">
          <h3 className="font-semibold break-words">Did this happen?</h3>
          <p className="text-muted">
            {approval.message ??
              "The worker stopped after it began this step, so nobody knows whether the other side did it. Look there, then say so here."}
          </p>
        </div>
      </header>
      <div className="mt-4 space-y-4">
        <Button
          icon={<RotateCcw />}
          busy={busy === "do_it_again"}
          disabled={busy !== null}
          onClick={() => void decide("do_it_again")}
        >
          It did not happen: do it again
        </Button>
        <Field
          label="Its output, if it happened"
          help="Later steps read this as the step's result."
          error={wrong}
        >
          {() => (
            <CodeEditor
              language="json"
              label="Output of the step"
              value={text}
              onChange={setText}
              height={110}
            />
          )}
        </Field>
        <div className="flex gap-2">
          <Button
            icon={<Check />}
            busy={busy === "treat_as_done"}
            disabled={busy !== null || wrong !== undefined}
            onClick={() => void decide("treat_as_done")}
          >
            It happened: treat as done
          </Button>
          <Button
            variant="ghost"
            icon={<X />}
            busy={busy === "fail"}
            disabled={busy !== null}
            onClick={() => void decide("fail")}
          >
            Fail the step
          </Button>
        </div>
      </div>
    </section>
  );
}
