import { createFileRoute, Link, useNavigate } from "@tanstack/react-router";
import type { DataError } from "../data/data-error.ts";
import { signUp } from "../data/session.ts";
import { AccountForm } from "./-welcome/AccountForm.tsx";
import { EntryFrame } from "./-welcome/EntryFrame.tsx";

export const Route = createFileRoute("/sign-up")({ component: SignUp });

function helpFor(error: DataError) {
  if (error.code !== "account_exists") return undefined;
  return (
    <Link to="/sign-in" className="font-medium text-accent-ink hover:underline">
      Sign in instead
    </Link>
  );
}

function SignUp() {
  const navigate = useNavigate();
  return (
    <EntryFrame
      title="Create an account"
      lead="To join a workspace, sign up and ask its owner to add your address."
    >
      <AccountForm
        verb="Create account"
        fresh
        onSubmit={async (email, password) => {
          await signUp(email, password);
          await navigate({ to: "/" });
        }}
        help={helpFor}
      />
      <p className="mt-5 text-muted">
        Have an account?{" "}
        <Link to="/sign-in" className="font-medium text-accent-ink hover:underline">
          Sign in
        </Link>
      </p>
    </EntryFrame>
  );
}
