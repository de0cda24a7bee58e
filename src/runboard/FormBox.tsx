// A form the run waits for, filled in where the step waits.
import { useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useState } from "react";
import type { Json, JsonObject } from "../core/json.ts";
import { validateJson } from "../core/validate.ts";
import type { ApprovalRow } from "../data/approvals.ts";
import { asDataError, type DataError } from "../data/data-error.ts";
import { submitForm } from "../data/run-verbs.ts";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/clock.ts";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { Markdown } from "../ui/markdown.tsx";
import { defaultsOf, SchemaForm } from "../ui/schema-form.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { formatRelative } from "../ui/time-format.ts";
import { showDone } from "../ui/toast.tsx";
import { formatMoment } from "./clock.ts";

const asObject = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};

/** By the field at the top, as the form shows them. */
function problemsOf(schema: JsonObject, values: JsonObject): Record<string, string> {
  const checked = validateJson(schema, values);
  if (checked.ok) return {};
  return Object.fromEntries(
    checked.errors.toReversed().map(({ path, message }) => [path.split(/[.[]/)[0] ?? "", message]),
  );
}

/** @param bare without a frame and a title, where the page around it has them */
export function FormBox({ approval, bare = false }: { approval: ApprovalRow; bare?: boolean }) {
  const queries = useQueryClient();
  const schema = approval.form ?? {};
  const [values, setValues] = useState<JsonObject>({ ...defaultsOf(schema), ...asObject(approval.payload) });
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<DataError>();
  const now = useNow(1_000);
  const send = async () => {
    const found = problemsOf(schema, values);
    setProblems(found);
    setFailure(undefined);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      await submitForm(approval.id, values);
      showDone("Sent in", { description: approval.title });
      await queries.invalidateQueries({ queryKey: ["approvals", approval.workspaceId] });
    } catch (thrown) {
      setFailure(asDataError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const until = approval.expiresAt
    ? `Open until ${formatMoment(approval.expiresAt, now)}, ${formatRelative(Date.parse(approval.expiresAt), now)}.`
    : "Open until somebody fills it in.";
  const form = (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <SchemaForm
        schema={schema}
        value={values}
        errors={problems}
        onChange={(next) => {
          setValues(next);
          if (Object.keys(problems).length > 0) setProblems(problemsOf(schema, next));
        }}
      />
      {failure && <ErrorPanel title="The form was not taken" why={failure.message} next={failure.hint} />}
      <Button type="submit" variant="primary" icon={<Send />} busy={busy} className="self-start">
        Send in
      </Button>
    </form>
  );
  if (bare) return <div className="rounded-card border border-line bg-raised p-4">{form}</div>;
  return (
    <section
      aria-label={`Form: ${approval.title}`}
      className="rounded-card border border-waiting/50 bg-raised p-4"
    >
      <header className="flex items-start gap-2">
        <StatusIcon tone="waiting" shape="hand" className="mt-0.5" />
        <div className="min-w-0">
          <h3 className="font-semibold break-words">{approval.title}</h3>
          <p className="text-sm text-muted tabular">{until}</p>
        </div>
      </header>
      {approval.message && (
        <div className="mt-3">
          <Markdown text={approval.message} />
        </div>
      )}
      <div className="mt-4">{form}</div>
    </section>
  );
}
