import { useState, type FormEvent, type ReactNode } from "react";
import { asDataError, type DataError } from "../../data/data-error.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";

export const shortestPassword = 8;

interface AccountFormProps {
  verb: string;
  /** A new account: the password is checked for its length before it is sent. */
  fresh: boolean;
  onSubmit: (email: string, password: string) => Promise<void>;
  /** Fields above the address. */
  before?: ReactNode;
  /** What to offer for an error, e.g. a link to the other form. */
  help?: (error: DataError) => ReactNode;
}

/** Address and password. */
export function AccountForm({ verb, fresh, onSubmit, before, help }: AccountFormProps) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [checked, setChecked] = useState(false);
  const [error, setError] = useState<DataError>();
  const short = fresh && password.length < shortestPassword;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (email.trim() === "" || password === "" || short) return;
    setBusy(true);
    setError(undefined);
    try {
      await onSubmit(email, password);
    } catch (thrown) {
      setError(asDataError(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="flex flex-col gap-4" noValidate onSubmit={(event) => void submit(event)}>
      {error && <ErrorPanel title={error.message} next={help?.(error) ?? error.hint} detail={error.detail} />}
      {before}
      <Field label="E-mail" error={checked && email.trim() === "" ? "Enter your e-mail address." : undefined}>
        {(control) => (
          <Input
            {...control}
            type="email"
            autoComplete="email"
            className="h-9"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Password"
        help={fresh ? `At least ${shortestPassword} characters.` : undefined}
        error={checked && (password === "" || short) ? passwordProblem(fresh) : undefined}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            className="h-9"
            autoComplete={fresh ? "new-password" : "current-password"}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" size="lg" busy={busy} className="mt-1 w-full">
        {verb}
      </Button>
    </form>
  );
}

function passwordProblem(fresh: boolean): string {
  return fresh ? `Choose a password of at least ${shortestPassword} characters.` : "Enter your password.";
}
