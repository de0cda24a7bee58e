import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { asDataError, type DataError } from "../../data/data-error.ts";
import { createWorkflow, workflowsQuery } from "../../data/workflows.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { Textarea } from "../../ui/textarea.tsx";
import { firstCanvas } from "./first-canvas.ts";

interface NewWorkflowDialogProps {
  workspace: WorkspaceRow;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const formId = "new-workflow";

export function NewWorkflowDialog({ workspace, open, onOpenChange }: NewWorkflowDialogProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [title, setTitle] = useState("");
  const [description, setDescription] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<DataError>();

  const close = () => {
    setTitle("");
    setDescription("");
    setError(undefined);
    onOpenChange(false);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const made = await createWorkflow({
        workspaceId: workspace.id,
        title,
        description,
        doc: firstCanvas(),
      });
      await queries.invalidateQueries({ queryKey: workflowsQuery(workspace.id).queryKey });
      close();
      await navigate({
        to: "/w/$workspace/workflows/$workflow",
        params: { workspace: workspace.slug, workflow: made.slug },
      });
    } catch (thrown) {
      setError(asDataError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      title="New workflow"
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId} busy={busy} disabled={title.trim() === ""}>
            Create
          </Button>
        </>
      }
    >
      <form id={formId} className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
        {error && <ErrorPanel title={error.message} next={error.hint} detail={error.detail} />}
        <Field label="Title" help="Its slug is made from the title and stays the same when you rename it.">
          {(control) => (
            <Input
              {...control}
              maxLength={120}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
          )}
        </Field>
        <Field label="Description" optional>
          {(control) => (
            <Textarea
              {...control}
              maxLength={2_000}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
