import { useState, type FormEvent } from "react";
import { asDataError, type DataError } from "../../data/data-error.ts";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { Field, Label } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";

interface WorkspaceFormProps {
  name: string;
  onName: (name: string) => void;
  onSubmit: (wantsSamples: boolean) => Promise<void>;
}

export function WorkspaceForm({ name, onName, onSubmit }: WorkspaceFormProps) {
  const [samples, setSamples] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<DataError>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await onSubmit(samples);
    } catch (thrown) {
      setError(asDataError(thrown));
      setBusy(false);
    }
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      {error && <ErrorPanel title={error.message} next={error.hint} detail={error.detail} />}
      <Field label="Name">
        {(control) => (
          <Input {...control} className="h-9" value={name} onChange={(event) => onName(event.target.value)} />
        )}
      </Field>
      <div className="flex items-center gap-2">
        <Checkbox id="samples" checked={samples} onCheckedChange={(next) => setSamples(next === true)} />
        <Label htmlFor="samples" className="font-normal">
          Install the sample workflows
        </Label>
      </div>
      <Button
        type="submit"
        variant="primary"
        size="lg"
        busy={busy}
        disabled={name.trim() === ""}
        className="w-full"
      >
        Make the workspace
      </Button>
    </form>
  );
}
