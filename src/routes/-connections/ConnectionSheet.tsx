import { useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState, type FormEvent } from "react";
import { deleteConnection, putConnection, refreshTools, type ConnectionRow } from "../../data/connections.ts";
import { asDataError, type DataError } from "../../data/data-error.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { showDone, showFailure } from "../../ui/toast.tsx";
import { draftOf, fieldsOf, problemsOf, slugOf, type ConnectionFields } from "./connection-form.ts";
import { connectionLook } from "./connection-look.ts";
import { ConnectionInputs } from "./ConnectionInputs.tsx";

interface ConnectionSheetProps {
  workspaceId: string;
  /** Absent: a new one. */
  connection: ConnectionRow | undefined;
  onClose: () => void;
  /** A new MCP connection was made and its tools are there to look at. */
  onMade: (slug: string) => void;
}

const formId = "connection";

export function ConnectionSheet({ workspaceId, connection, onClose, onMade }: ConnectionSheetProps) {
  const queries = useQueryClient();
  const [fields, setFields] = useState(() => fieldsOf(connection));
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<DataError>();
  const problems = problemsOf(fields);

  const change = (patch: Partial<ConnectionFields>) => {
    setFields((before) => {
      const followsTitle = !connection && before.slug === slugOf(before.title);
      const slug = patch.title !== undefined && followsTitle ? { slug: slugOf(patch.title) } : {};
      return { ...before, ...slug, ...patch };
    });
  };
  const renew = () =>
    Promise.all(
      ["connections", "tools", "surroundings"].map((key) =>
        queries.invalidateQueries({ queryKey: [key, workspaceId] }),
      ),
    );

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (Object.keys(problems).length > 0) return;
    setBusy(true);
    setError(undefined);
    try {
      await putConnection(draftOf(workspaceId, fields));
      if (fields.kind === "mcp") await readTools();
      await renew();
      onClose();
    } catch (thrown) {
      setError(asDataError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const readTools = async () => {
    try {
      await refreshTools(workspaceId, fields.slug);
      if (!connection) onMade(fields.slug);
    } catch (thrown) {
      // The connection itself is stored; its tools can be read again from the list.
      showFailure("Saved, but its tools could not be read", thrown);
    }
  };
  const remove = async () => {
    setBusy(true);
    try {
      await deleteConnection(workspaceId, fields.slug);
      await renew();
      showDone(`Deleted ${fields.title}`);
      onClose();
    } catch (thrown) {
      setAsking(false);
      setError(asDataError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Sheet
      open
      onOpenChange={(open) => !open && onClose()}
      title={connection ? connection.title : "New connection"}
      description={connection ? connectionLook[connection.kind].label : undefined}
      footer={
        <>
          {connection && (
            <Button
              variant="ghost"
              className="mr-auto text-failed hover:text-failed"
              icon={<Trash2 />}
              onClick={() => setAsking(true)}
            >
              Delete
            </Button>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={formId} busy={busy}>
            {connection ? "Save" : "Connect"}
          </Button>
        </>
      }
    >
      <form id={formId} noValidate className="flex flex-col gap-4" onSubmit={(event) => void save(event)}>
        {error && (
          <ErrorPanel
            title="The connection was not saved"
            why={error.message}
            next={error.hint}
            detail={error.detail}
          />
        )}
        <ConnectionInputs
          fields={fields}
          problems={checked ? problems : {}}
          connection={connection}
          onChange={change}
        />
      </form>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        busy={busy}
        title={`Delete ${fields.title}?`}
        description="Its secret and its tools are deleted with it. Steps that name it fail with a clear error until it exists again."
        verb="Delete"
        onConfirm={() => void remove()}
      />
    </Sheet>
  );
}
