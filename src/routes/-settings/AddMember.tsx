import { useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { asDataError, type DataError } from "../../data/data-error.ts";
import { addMember, membersQuery, type Role } from "../../data/workspaces.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { roleOptions } from "./role-options.ts";

/** Adds an account that exists. */
export function AddMember({ workspaceId }: { workspaceId: string }) {
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<DataError>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await addMember(workspaceId, email, role, role === "owner" || role === "editor");
      setEmail("");
      await queries.invalidateQueries({ queryKey: membersQuery(workspaceId).queryKey });
    } catch (thrown) {
      setError(asDataError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="grid grid-cols-[minmax(0,1fr)_136px_auto] items-start gap-3"
      onSubmit={(event) => void submit(event)}
    >
      <Field
        label="Add a member by e-mail"
        help="The person signs up first, at this server’s address."
        error={error ? `${error.message} ${error.hint}` : undefined}
      >
        {(control) => (
          <Input {...control} type="email" value={email} onChange={(event) => setEmail(event.target.value)} />
        )}
      </Field>
      <Field label="Role">
        {(control) => <Select<Role> {...control} value={role} options={roleOptions} onChange={setRole} />}
      </Field>
      <Button type="submit" className="mt-6" busy={busy} disabled={email.trim() === ""}>
        Add
      </Button>
    </form>
  );
}
