// Starts a run: its input as a form or as JSON, its lane, and which version runs.
import { useState } from "react";
import type { Json, JsonObject } from "../../core/json.ts";
import { validateJson } from "../../core/validate.ts";
import { startRun } from "../../data/runs.ts";
import { NotPublishable } from "../../data/versions.ts";
import { useLanes } from "../../data/workspaces.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { Field } from "../../ui/field.tsx";
import { SegmentedControl } from "../../ui/segmented-control.tsx";
import { Select } from "../../ui/select.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { defaultsOf, SchemaForm } from "../../ui/schema-form.tsx";
import { useFocusFirst } from "../use-focus-first.ts";
import { useLiveDiff } from "./use-live-diff.ts";

interface RunDialogProps {
  publish: (name?: string) => Promise<{ version: number }>;
  onStarted: (runId: string) => void;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function storedInput(key: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(sessionStorage.getItem(key) ?? "null");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function RunDialog({ publish, onStarted }: RunDialogProps) {
  const { workflow, workspace } = useBuilderValue();
  const set = useBuilder((state) => state.set);
  const schema = useBuilder((state) => state.doc.input);
  const lane = useBuilder((state) => state.doc.settings.lane);
  const errors = useBuilder(
    (state) => state.compiled.diagnostics.filter((entry) => entry.severity === "error").length,
  );
  const lanes = useLanes(workspace.id);
  const { changed } = useLiveDiff();
  const inputKey = `runboard.input.${workflow.id}`;
  const [input, setInput] = useState<JsonObject>(() => storedInput(inputKey) ?? defaultsOf(schema));
  const [view, setView] = useState<"form" | "json">("form");
  const [jsonOk, setJsonOk] = useState(true);
  const [picked, setPicked] = useState(lane);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState<"draft" | "live" | null>(null);
  const [failure, setFailure] = useState<{ title: string; why: string; next: string } | null>(null);
  const content = useFocusFirst<HTMLDivElement>();
  const live = workflow.liveVersion;
  const hasFields = isObject(schema["properties"]) && Object.keys(schema["properties"]).length > 0;
  const draftIsNewer = live === null || changed === true;

  const start = async (which: "draft" | "live") => {
    const checked = validateJson(schema, input);
    if (!checked.ok && which === "draft") {
      setProblems(
        Object.fromEntries(checked.errors.map((error) => [error.path.split(/[.[]/)[0] ?? "", error.message])),
      );
      setFailure({
        title: "The input does not fit",
        why: checked.errors.map((error) => `${error.path || "input"}: ${error.message}`).join("; "),
        next: "Correct it and run again.",
      });
      return;
    }
    setBusy(which);
    setFailure(null);
    try {
      if (which === "draft" && draftIsNewer) await publish();
      sessionStorage.setItem(inputKey, JSON.stringify(input));
      const { runId } = await startRun(workflow.id, input, picked === "auto" ? {} : { lane: picked });
      set({ dialog: null });
      onStarted(runId);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const hint =
        error instanceof Error && "hint" in error && typeof error.hint === "string" ? error.hint : "";
      setFailure(
        error instanceof NotPublishable
          ? {
              title: "The draft cannot be published",
              why,
              next: error.diagnostics.map((entry) => entry.message).join(" "),
            }
          : { title: "The run was not started", why, next: hint },
      );
    } finally {
      setBusy(null);
    }
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && set({ dialog: null })}
      title={`Run ${workflow.title}`}
      description={
        live === null
          ? "Nothing is published yet. Running publishes this draft first."
          : draftIsNewer
            ? `The draft is newer than version ${live}, which is live.`
            : `Runs version ${live}, which is live.`
      }
      footer={
        <>
          {live !== null && draftIsNewer && (
            <Button
              busy={busy === "live"}
              disabled={busy !== null || !jsonOk}
              onClick={() => void start("live")}
            >
              Run version {live}
            </Button>
          )}
          <Button
            variant="primary"
            busy={busy === "draft"}
            disabled={busy !== null || !jsonOk || (draftIsNewer && errors > 0)}
            onClick={() => void start("draft")}
          >
            {draftIsNewer ? "Publish and run" : "Run"}
          </Button>
        </>
      }
    >
      <div ref={content} tabIndex={-1} className="flex flex-col gap-4 outline-none">
        {draftIsNewer && errors > 0 && (
          <ErrorPanel
            tone="waiting"
            title={`The draft has ${errors} ${errors === 1 ? "error" : "errors"}`}
            why="A draft with errors cannot be published."
            actions={
              <Button size="sm" onClick={() => set({ dialog: null, problemsOpen: true })}>
                Show problems
              </Button>
            }
          />
        )}
        {hasFields && (
          <SegmentedControl
            label="Input as"
            value={view}
            onChange={(next) => {
              setView(next);
              setJsonOk(true);
            }}
            className="self-start"
            segments={[
              { value: "form", label: "Form" },
              { value: "json", label: "JSON" },
            ]}
          />
        )}
        {!hasFields && view === "form" && <p className="text-muted">This workflow takes no input.</p>}
        {hasFields && view === "form" && (
          <SchemaForm schema={schema} value={input} onChange={setInput} errors={problems} />
        )}
        {view === "json" && (
          <JsonField
            label="Input"
            rows={8}
            value={input}
            refuse={(next) =>
              isObject(next) ? undefined : "Not kept: an input is an object, with { } around it."
            }
            onValid={setJsonOk}
            onChange={(next) => setInput(isObject(next) ? next : {})}
          />
        )}
        <Field label="Lane" className="max-w-60">
          {(control) => (
            <Select
              {...control}
              value={picked}
              options={[
                { value: "auto", label: "Automatic" },
                ...(lanes.data ?? []).map((entry) => ({
                  value: entry.name,
                  label: entry.title || entry.name,
                })),
              ]}
              onChange={setPicked}
            />
          )}
        </Field>
        {failure && <ErrorPanel title={failure.title} why={failure.why} next={failure.next} />}
      </div>
    </Dialog>
  );
}
