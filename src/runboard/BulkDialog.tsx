// One verb on many runs: which, how many, how carefully.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { OperationVerb, RetryMode } from "../core/run.ts";
import { asDataError } from "../data/data-error.ts";
import { countOperation, type OperationOptions } from "../data/operations.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { Field, Label } from "../ui/field.tsx";
import { SegmentedControl } from "../ui/segmented-control.tsx";
import { Select } from "../ui/select.tsx";
import { Switch } from "../ui/switch.tsx";
import { verbWords, type BulkTarget } from "./bulk-filter.ts";
import { laneLabel, type CardLane } from "./card.ts";

interface BulkDialogProps {
  workspaceId: string;
  target: BulkTarget;
  lanes: readonly CardLane[];
  onClose: () => void;
  onStart: (verb: OperationVerb, target: BulkTarget, options: OperationOptions) => Promise<boolean>;
}

interface Choices {
  mode: Exclude<RetryMode, "from_step">;
  version: "same" | "live";
  canary: boolean;
  lane: string;
}

function optionsOf(verb: OperationVerb, { mode, version, canary, lane }: Choices): OperationOptions {
  if (verb === "move") return { lane };
  if (verb === "cancel") return {};
  return { mode, ...(version === "live" ? { version } : {}), ...(canary ? { canary } : {}) };
}

const help: Record<OperationVerb, string> = {
  retry: "Runs whose retry would repeat what must not happen twice are set aside for you, with the reason.",
  cancel: "What has finished is kept. Running steps get ten seconds to stop.",
  move: "They wait for room in the other lane, if it has a limit.",
};

function RetryChoices({
  choices,
  onChange,
}: {
  choices: Choices;
  onChange: (part: Partial<Choices>) => void;
}) {
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <Field label="From">
          {(control) => (
            <Select
              {...control}
              value={choices.mode}
              onChange={(mode) => onChange({ mode })}
              options={[
                { value: "resume", label: "Where each stopped" },
                { value: "restart", label: "The start" },
              ]}
            />
          )}
        </Field>
        <Field label="Version">
          {(control) => (
            <Select
              {...control}
              value={choices.version}
              onChange={(version) => onChange({ version })}
              options={[
                { value: "same", label: "Each its own, as before" },
                { value: "live", label: "The live one" },
              ]}
            />
          )}
        </Field>
      </div>
      <div className="flex items-start gap-3 rounded-control border border-line px-3 py-2.5">
        <Switch
          id="bulk-canary"
          className="mt-0.5"
          checked={choices.canary}
          onCheckedChange={(canary) => onChange({ canary })}
          aria-describedby="bulk-canary-note"
        />
        <div>
          <Label htmlFor="bulk-canary">Try a few first</Label>
          <p id="bulk-canary-note" className="text-sm text-muted">
            One run, then 5 %, then all; each stage waits until the one before has ended. Stops when a run
            fails the same way again.
          </p>
        </div>
      </div>
    </>
  );
}

export function BulkDialog({ workspaceId, target, lanes, onClose, onStart }: BulkDialogProps) {
  const [verb, setVerb] = useState<OperationVerb>("retry");
  const [choices, setChoices] = useState<Choices>({
    mode: "resume",
    version: "same",
    canary: false,
    lane: lanes[0]?.name ?? "",
  });
  const [busy, setBusy] = useState(false);
  const options = optionsOf(verb, choices);
  const count = useQuery({
    queryKey: ["operations", workspaceId, "count", verb, target.filter, options],
    queryFn: () => countOperation(verb, workspaceId, target.filter, options),
    retry: false,
    gcTime: 0,
  });
  const change = (part: Partial<Choices>) => setChoices((before) => ({ ...before, ...part }));
  const start = async () => {
    setBusy(true);
    if (await onStart(verb, target, options)) onClose();
    setBusy(false);
  };
  const runs = `${count.data ?? 0} ${count.data === 1 ? "run" : "runs"}`;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Act on many runs"
      description={target.words}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            variant={verb === "cancel" ? "danger" : "primary"}
            busy={busy}
            disabled={!count.data}
            onClick={() => void start()}
          >
            {`${verbWords[verb].now} ${runs}`}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <div>
          <SegmentedControl
            label="Verb"
            value={verb}
            onChange={setVerb}
            segments={[
              { value: "retry", label: "Retry" },
              { value: "cancel", label: "Cancel" },
              { value: "move", label: "Move" },
            ]}
          />
          <p className="mt-1.5 text-sm text-muted">{help[verb]}</p>
        </div>
        {verb === "retry" && <RetryChoices choices={choices} onChange={change} />}
        {verb === "move" && (
          <Field label="To">
            {(control) => (
              <Select
                {...control}
                value={choices.lane}
                onChange={(lane) => change({ lane })}
                options={lanes.map((lane) => ({ value: lane.name, label: laneLabel(lane) }))}
              />
            )}
          </Field>
        )}
        {count.error ? (
          <ErrorPanel
            title={asDataError(count.error).message}
            next={asDataError(count.error).hint}
            code={asDataError(count.error).code}
          />
        ) : (
          count.data === 0 && (
            <p className="text-muted">{`None of them can be ${verbWords[verb].done.toLowerCase()}.`}</p>
          )
        )}
      </div>
    </Dialog>
  );
}
