import { useQueryClient } from "@tanstack/react-query";
import { createFileRoute, Link, redirect } from "@tanstack/react-router";
import { useState } from "react";
import { appConfig } from "../data/client.ts";
import { currentSession, signUp, useSession } from "../data/session.ts";
import { createWorkspace, workspacesQuery, type WorkspaceRow } from "../data/workspaces.ts";
import { buttonClass } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Input } from "../ui/input.tsx";
import { AccountForm } from "./-welcome/AccountForm.tsx";
import { EntryFrame } from "./-welcome/EntryFrame.tsx";
import type { InstallStep } from "./-welcome/install.ts";
import { InstallProgress } from "./-welcome/InstallProgress.tsx";
import { WorkspaceForm } from "./-welcome/WorkspaceForm.tsx";

export const Route = createFileRoute("/welcome")({
  beforeLoad: async () => {
    if (currentSession().user) return;
    const { firstRun } = await appConfig();
    if (!firstRun) throw redirect({ to: "/sign-in" });
  },
  component: Welcome,
});

/** First the account, then the workspace with its samples; someone who has an account starts at the second. */
function Welcome() {
  const queries = useQueryClient();
  const { user } = useSession();
  const [name, setName] = useState("My workspace");
  const [workspace, setWorkspace] = useState<WorkspaceRow>();
  const [steps, setSteps] = useState<InstallStep[]>([]);
  const [done, setDone] = useState(false);
  // Between the account and the workspace there is a user already, but the first form still holds the stage.
  const [signingUp, setSigningUp] = useState(false);

  const settle = async (wantsSamples: boolean) => {
    const made = await createWorkspace(name);
    setWorkspace(made);
    if (wantsSamples) {
      // Every node kind comes with it; the form should not wait for them.
      const { installSamples } = await import("./-welcome/install.ts");
      await installSamples(made.id, setSteps);
    }
    await queries.invalidateQueries({ queryKey: workspacesQuery.queryKey });
    setDone(true);
  };
  if (workspace) return <Installing workspace={workspace} steps={steps} done={done} />;
  if (user && !signingUp) {
    return (
      <EntryFrame
        title="Make a workspace"
        lead="Workflows, runs and connections live in a workspace. You will own this one."
      >
        <WorkspaceForm name={name} onName={setName} onSubmit={settle} />
      </EntryFrame>
    );
  }
  return (
    <EntryFrame
      title="Welcome to Runboard"
      lead="Draw a workflow, run it in a lane, retry what failed. Make the owner’s account to begin."
    >
      <AccountForm
        verb="Create account and open"
        fresh
        before={
          <Field label="Workspace">
            {(control) => (
              <Input
                {...control}
                className="h-9"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        }
        onSubmit={async (email, password) => {
          setSigningUp(true);
          try {
            await signUp(email, password);
            await settle(true);
          } finally {
            setSigningUp(false);
          }
        }}
      />
      <p className="mt-4 text-sm text-muted">
        Everything stays on this server. A few sample workflows are installed to try things with.
      </p>
    </EntryFrame>
  );
}

function Installing({
  workspace,
  steps,
  done,
}: {
  workspace: WorkspaceRow;
  steps: readonly InstallStep[];
  done: boolean;
}) {
  const failed = steps.filter((step) => step.status === "failed").length;
  const lead = done
    ? failed > 0
      ? `${failed} of ${steps.length} could not be installed; everything else is ready.`
      : "Everything is ready."
    : "Installing the samples.";
  return (
    <EntryFrame title={workspace.name} lead={lead}>
      <InstallProgress steps={steps} />
      {done && (
        <Link
          to="/w/$workspace/workflows"
          params={{ workspace: workspace.slug }}
          className={buttonClass("primary", "lg", "mt-5 w-full")}
        >
          Open the workspace
        </Link>
      )}
    </EntryFrame>
  );
}
