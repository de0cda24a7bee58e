// Sends the signal a step waits for, by hand: what usually another system does.
import { Radio } from "lucide-react";
import { useState } from "react";
import type { Json } from "../core/json.ts";
import { asDataError, type DataError } from "../data/data-error.ts";
import { sendSignal } from "../data/run-verbs.ts";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { Field } from "../ui/field.tsx";
import { JsonField } from "../ui/json-field.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { formatRelative } from "../ui/time-format.ts";
import { showDone } from "../ui/toast.tsx";
import { formatMoment } from "./clock.ts";

interface SignalBoxProps {
  runId: string;
  name: string;
  until: string | undefined;
}

export function SignalBox({ runId, name, until }: SignalBoxProps) {
  const [payload, setPayload] = useState<Json | undefined>({});
  const [valid, setValid] = useState(true);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<DataError>();
  const now = useNow(1_000);
  const command = `runboard runs signal ${runId} ${name} --payload '{}'`;
  const send = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      const { signal } = await sendSignal(runId, name, payload ?? null);
      if (signal === "taken") showDone(`Signal ${name} sent`);
      else
        showDone(`Signal ${name} kept`, {
          description: "No waiting step asks for a signal with these values; one that does takes it.",
        });
    } catch (thrown) {
      setFailure(asDataError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="p-4">
      <section aria-label={`Signal: ${name}`} className="rounded-card border border-waiting/50 bg-raised p-4">
        <header className="flex items-start gap-2">
          <StatusIcon tone="waiting" className="mt-0.5" />
          <div className="min-w-0">
            <h3 className="font-semibold break-words">
              Waits for the signal <code className="font-mono">{name}</code>
            </h3>
            <p className="text-sm text-muted tabular">
              {until
                ? `Until ${formatMoment(until, now)}, ${formatRelative(Date.parse(until), now)}.`
                : "Until it comes."}{" "}
              Another system sends it; you can send it here.
            </p>
          </div>
        </header>
        <Field label="What it brings" help="Later steps read it as this step's signal." className="mt-4">
          {() => (
            <JsonField
              label="What it brings"
              rows={4}
              value={payload}
              onChange={setPayload}
              onValid={setValid}
            />
          )}
        </Field>
        {failure && (
          <ErrorPanel
            title="The signal was not sent"
            why={failure.message}
            next={failure.hint}
            className="mt-3"
          />
        )}
        <Button
          variant="primary"
          icon={<Radio />}
          busy={busy}
          disabled={!valid}
          onClick={() => void send()}
          className="mt-3"
        >
          Send the signal
        </Button>
        <div className="mt-4 border-t border-line pt-3">
          <p className="text-sm text-muted">From the command line:</p>
          <div className="mt-1 flex items-center gap-1">
            <code
              className="min-w-0 flex-1 truncate rounded-control bg-inset px-2 py-1 font-mono text-xs"
              title={command}
            >
              {command}
            </code>
            <CopyButton text={command} label="Copy the command" />
          </div>
        </div>
      </section>
    </div>
  );
}
