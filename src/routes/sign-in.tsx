import { createFileRoute, Link, redirect, useRouter } from "@tanstack/react-router";
import { z } from "zod";
import { currentSession, signIn } from "../data/session.ts";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { AccountForm } from "./-welcome/AccountForm.tsx";
import { EntryFrame } from "./-welcome/EntryFrame.tsx";

/** `next` is a path of this app, never another site's address. */
const Search = z.object({
  next: z
    .string()
    .regex(/^\/(?!\/)/)
    .optional()
    .catch(undefined),
  reason: z.literal("expired").optional().catch(undefined),
});

export const Route = createFileRoute("/sign-in")({
  validateSearch: Search,
  beforeLoad: ({ search }) => {
    if (currentSession().user) throw redirect({ href: search.next ?? "/" });
  },
  component: SignIn,
});

function SignIn() {
  const { next, reason } = Route.useSearch();
  const router = useRouter();
  return (
    <EntryFrame title="Sign in">
      {reason === "expired" && (
        <ErrorPanel
          className="mb-4"
          tone="waiting"
          title="Your session has ended"
          why="It was not used for a while, or the server no longer knows it."
          next="Sign in to go on where you were. Drafts are saved as you edit."
        />
      )}
      <AccountForm
        verb="Sign in"
        fresh={false}
        onSubmit={async (email, password) => {
          await signIn(email, password);
          router.history.push(next ?? "/");
        }}
      />
      <p className="mt-5 text-muted">
        No account yet?{" "}
        <Link to="/sign-up" className="font-medium text-accent-ink hover:underline">
          Sign up
        </Link>
      </p>
    </EntryFrame>
  );
}
