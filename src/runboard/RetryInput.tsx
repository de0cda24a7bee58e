// The input of a retry, prefilled with what the run, or the step, was given before.
import { useQuery } from "@tanstack/react-query";
import type { Json, JsonObject } from "../core/json.ts";
import { runPayloadsQuery } from "../data/runs.ts";
import { loadStepDetail } from "../data/step-detail.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { CodeEditor } from "../ui/monaco.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/** What is in the editor: nothing changed, an object, or not one yet. */
export type EditedInput =
  | { kind: "same" }
  | { kind: "edited"; value: JsonObject }
  | { kind: "wrong"; why: string };

/** @param original the text the editor was filled with; text equal to it, or none, is no change */
export function readEdited(text: string | null, original: string): EditedInput {
  if (text === null || text === original) return { kind: "same" };
  try {
    const value: Json = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return { kind: "edited", value };
    return { kind: "wrong", why: "This must be a JSON object: put it in { }." };
  } catch (error) {
    return {
      kind: "wrong",
      why: `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}.`,
    };
  }
}

/**
 * What the run (without a step) or the newest attempt of the step was given, as text; undefined while it is read.
 * Null: it cannot be shown to this person, or was never there.
 */
export function useOriginalInput(
  runId: string,
  step: string | null,
  enabled: boolean,
): string | null | undefined {
  const payloads = useQuery({ ...runPayloadsQuery(runId), enabled: enabled && step === null });
  const detail = useQuery({
    queryKey: ["run", runId, "step-inputs", step],
    queryFn: async () => ({ inputs: (await loadStepDetail(runId, step ?? "", [])).inputs ?? null }),
    enabled: enabled && step !== null && step !== "",
  });
  const source = step === null ? payloads : detail;
  if (source.isPending) return undefined;
  const value = step === null ? payloads.data?.input : detail.data?.inputs;
  return value === undefined || value === null ? null : JSON.stringify(value, null, 2);
}

interface RetryInputProps {
  /** Null for the input of the run. */
  step: string | null;
  original: string | null | undefined;
  text: string | null;
  onChange: (text: string | null) => void;
  edited: EditedInput;
}

export function RetryInput({ step, original, text, onChange, edited }: RetryInputProps) {
  if (original === undefined) return <Skeleton className="h-40" />;
  const unknown = original === null;
  return (
    <Field
      label={step === null ? "Input" : "Inputs of the step"}
      help={
        unknown
          ? "What it was given is not there, or you may not see it. It is used as it is unless you write another."
          : step === null
            ? "What the new run is given. Change it before you retry if it was the cause."
            : "What the step was given. What you write here takes the place of what is bound to its ports."
      }
      error={edited.kind === "wrong" ? edited.why : undefined}
      aside={
        edited.kind !== "same" && (
          <Button size="sm" variant="ghost" onClick={() => onChange(null)}>
            Take back
          </Button>
        )
      }
    >
      {() => (
        <CodeEditor
          language="json"
          label={step === null ? "Input of the new run" : "Inputs of the step"}
          value={text ?? original ?? "{}"}
          onChange={onChange}
          height={180}
        />
      )}
    </Field>
  );
}
