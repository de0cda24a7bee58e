// What goes live, what stands against it, and its name.
import { useState } from "react";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { NotPublishable } from "../../data/versions.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { showDone } from "../../ui/toast.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import type { DocDiff } from "../edit/doc-diff.ts";
import { nameOf } from "../edit/connect.ts";
import { useFocusFirst } from "../use-focus-first.ts";
import { ProblemLine } from "./ProblemsPanel.tsx";
import { useLiveDiff } from "./use-live-diff.ts";

interface PublishDialogProps {
  publish: (name?: string) => Promise<{ version: number }>;
}

export function PublishDialog({ publish }: PublishDialogProps) {
  const { workflow } = useBuilderValue();
  const set = useBuilder((state) => state.set);
  const diagnostics = useBuilder((state) => state.compiled.diagnostics);
  const { diff, changed } = useLiveDiff();
  const [name, setName] = useState("");
  const field = useFocusFirst<HTMLInputElement>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{ message: string; diagnostics: Diagnostic[] } | null>(null);
  const errors = diagnostics.filter((entry) => entry.severity === "error");
  const warnings = diagnostics.filter((entry) => entry.severity === "warning");
  const close = () => set({ dialog: null });
  const go = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const { version } = await publish(name);
      showDone(`Version ${version} is live`);
      close();
    } catch (error) {
      setFailure({
        message: error instanceof Error ? error.message : String(error),
        diagnostics: error instanceof NotPublishable ? error.diagnostics : [],
      });
    } finally {
      setBusy(false);
    }
  };
  const showProblems = () => set({ dialog: null, problemsOpen: true });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={`Publish ${workflow.title}`}
      description={
        workflow.liveVersion === null
          ? "This makes version 1. New runs use it."
          : `New runs use the new version. Runs on version ${workflow.liveVersion} go on as they are.`
      }
      footer={
        <>
          {errors.length > 0 && (
            <Button className="mr-auto" onClick={showProblems}>
              Show problems
            </Button>
          )}
          <Button onClick={close}>Not now</Button>
          <Button
            variant="primary"
            busy={busy}
            disabled={errors.length > 0 || changed === false}
            onClick={() => void go()}
          >
            Publish
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label="Name of the version" optional>
          {(control) => (
            <Input
              {...control}
              ref={field}
              maxLength={120}
              placeholder="What is new"
              value={name}
              onChange={(event) => setName(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && errors.length === 0 && changed !== false) void go();
              }}
            />
          )}
        </Field>
        {changed === false && (
          <p className="text-muted">Nothing has changed since version {workflow.liveVersion}.</p>
        )}
        {diff && changed && <Changes diff={diff} />}
        {errors.length > 0 && (
          <section>
            <h3 className="mb-1 font-medium text-failed">
              {errors.length} {errors.length === 1 ? "error stops" : "errors stop"} this
            </h3>
            <div className="-mx-3 max-h-56 overflow-y-auto">
              {errors.map((entry, index) => (
                <ProblemLine key={index} diagnostic={entry} />
              ))}
            </div>
          </section>
        )}
        {warnings.length > 0 && (
          <section>
            <h3 className="mb-1 font-medium">
              {warnings.length} {warnings.length === 1 ? "warning" : "warnings"}
            </h3>
            <div className="-mx-3 max-h-40 overflow-y-auto">
              {warnings.map((entry, index) => (
                <ProblemLine key={index} diagnostic={entry} />
              ))}
            </div>
          </section>
        )}
        {failure && (
          <ErrorPanel
            title="This was not published"
            why={failure.message}
            next={
              failure.diagnostics.length > 0
                ? failure.diagnostics.map((entry) => entry.message).join(" ")
                : "Fix it and publish again; the draft is kept."
            }
          />
        )}
      </div>
    </Dialog>
  );
}

function Changes({ diff }: { diff: DocDiff }) {
  const { nodeOf } = useBuilderValue();
  const lines = [
    ...diff.added.map((node) => ({ mark: "+", text: nameOf(node, nodeOf), detail: "new" })),
    ...diff.removed.map((node) => ({ mark: "−", text: nameOf(node, nodeOf), detail: "removed" })),
    ...diff.changed.map(({ node, parts }) => ({
      mark: "~",
      text: nameOf(node, nodeOf),
      detail: parts.join(", "),
    })),
    ...diff.workflow.map((part) => ({ mark: "~", text: "Workflow", detail: part })),
  ];
  const wires = [
    diff.wiresAdded > 0 && `${diff.wiresAdded} ${diff.wiresAdded === 1 ? "wire" : "wires"} added`,
    diff.wiresRemoved > 0 && `${diff.wiresRemoved} removed`,
  ].filter(Boolean);
  return (
    <section aria-label="What changed">
      <h3 className="mb-1 font-medium">What changed</h3>
      <ul className="max-h-56 divide-y divide-line overflow-y-auto border-y border-line">
        {lines.map((line, index) => (
          <li key={index} className="flex items-baseline gap-2 py-1">
            <span aria-hidden className="w-3 shrink-0 text-center font-mono text-muted">
              {line.mark}
            </span>
            <span className="truncate">{line.text}</span>
            <span className="ml-auto shrink-0 text-sm text-muted">{line.detail}</span>
          </li>
        ))}
        {wires.length > 0 && <li className="py-1 pl-5 text-muted">{wires.join(", ")}</li>}
      </ul>
    </section>
  );
}
