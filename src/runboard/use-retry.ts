// The choices of a retry and what the server says they would do.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { RetryMode } from "../core/run.ts";
import { retryPreview, retryRun } from "../data/runs.ts";
import { publish } from "../data/versions.ts";
import type { CardRun } from "./card.ts";
import { readEdited, useOriginalInput } from "./RetryInput.tsx";
import { judge, type Decision, type Decisions } from "./retry-choice.ts";
import type { VersionChoice } from "./RetryVersion.tsx";

/** The number of the version to run, or its name; undefined is the run's own. */
function useVersionNumber(run: CardRun, choice: VersionChoice) {
  const draft = useQuery({
    queryKey: ["retry-draft", run.workflowId],
    queryFn: async () => (await publish(run.workflowId, { channel: "test" })).version,
    enabled: choice === "draft",
    // The draft may have been edited since.
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (choice === "same") return { version: undefined, known: true, error: null };
  if (choice === "live") return { version: "live" as const, known: true, error: null };
  if (choice === "draft") return { version: draft.data, known: draft.isSuccess, error: draft.error };
  return { version: Number(choice), known: true, error: null };
}

/** @param step the step that from_step starts at first */
export function useRetry(run: CardRun, step: string | undefined) {
  const resumable = run.status === "failed" || run.status === "cancelled";
  const [mode, setMode] = useState<RetryMode>(step ? "from_step" : resumable ? "resume" : "restart");
  const [from, setFrom] = useState(step ?? run.error?.step ?? "");
  const [choice, setChoice] = useState<VersionChoice>("same");
  const [text, setText] = useState<string | null>(null);
  const [decisions, setDecisions] = useState<Decisions>({});
  const edits = mode === "restart" || (mode === "from_step" && from !== "");
  const editedStep = mode === "from_step" ? from : null;
  const original = useOriginalInput(run.id, editedStep, edits);
  const edited = readEdited(edits ? text : null, original ?? "{}");
  const { version, known, error: versionError } = useVersionNumber(run, choice);
  const request = { mode, step: mode === "from_step" ? from : undefined, version, decisions };
  const ready = known && (mode !== "from_step" || from !== "");
  const preview = useQuery({
    queryKey: ["run", run.id, "retry-preview", request, run.lastSeq],
    queryFn: () => retryPreview(run.id, request),
    enabled: ready,
    retry: false,
    // A decision changes a line, not the whole panel.
    placeholderData: (before) => before,
  });
  const blocked =
    !preview.data || preview.isPlaceholderData || judge(preview.data, decisions).open.length > 0;

  /** Another choice asks other questions. */
  const reset =
    <V>(set: (value: V) => void) =>
    (value: V) => {
      set(value);
      setText(null);
      setDecisions({});
    };
  return {
    resumable,
    mode,
    setMode: reset(setMode),
    from,
    setFrom: reset(setFrom),
    choice,
    setChoice: (value: VersionChoice) => {
      setChoice(value);
      setDecisions({});
    },
    input: edits ? { step: editedStep, original, text, onChange: setText, edited } : null,
    decisions,
    decide: (about: string, decision: Decision | null) =>
      setDecisions(({ [about]: _, ...others }) =>
        decision === null ? others : { ...others, [about]: decision },
      ),
    preview: preview.data,
    problem: versionError ?? preview.error,
    isLoading: preview.isFetching || (choice === "draft" && !known && !versionError),
    mayRetry: ready && !blocked && edited.kind !== "wrong",
    /** @throws DataError */
    retry: () =>
      retryRun(run.id, { ...request, ...(edited.kind === "edited" ? { input: edited.value } : {}) }),
  };
}
