// What operators look at first: who works, what waits and since when, and what came of it in the last day.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { asDataError } from "../../data/data-error.ts";
import { engineStatusQuery, type EngineStatus } from "../../data/engine-status.ts";
import { useEventLag } from "../../data/event-lag.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { Button } from "../../ui/button.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Page } from "../-shell/Page.tsx";
import { BrokenHosts } from "./BrokenHosts.tsx";
import { EngineTiles } from "./EngineTiles.tsx";
import { LaneQueues } from "./LaneQueues.tsx";
import { LastDay } from "./LastDay.tsx";
import { WaitList } from "./WaitList.tsx";

export function EnginePage({ workspace }: { workspace: WorkspaceRow }) {
  const { data, error, refetch } = useQuery(engineStatusQuery(workspace.id));
  return (
    <Page title="Engine">
      {data ? (
        <Loaded workspace={workspace} status={data} />
      ) : error ? (
        <ErrorPanel
          className="m-5"
          title="The engine's state could not be read"
          why={error.message}
          next={asDataError(error).hint}
          actions={<Button onClick={() => void refetch()}>Try again</Button>}
        />
      ) : (
        <SkeletonRows rows={6} />
      )}
    </Page>
  );
}

function Loaded({ workspace, status }: { workspace: WorkspaceRow; status: EngineStatus }) {
  const lag = useEventLag();
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-8 px-6 py-6">
      <EngineTiles status={status} lag={lag} />
      {status.breakers.length > 0 && (
        <Section
          title="Hosts that keep failing"
          lead="They are not called. Their steps wait and use up no attempt, until one call that tries a host gets an answer."
        >
          <BrokenHosts hosts={status.breakers} />
        </Section>
      )}
      <Section title="Last 24 hours" lead="Runs that ended, by the hour.">
        <LastDay workspaceId={workspace.id} />
      </Section>
      <Section title="Lanes" lead="Runs that have not ended, where they are.">
        <LaneQueues workspaceId={workspace.id} status={status} />
      </Section>
      <Section title="What runs wait for" lead="A waiting run needs nothing from a worker.">
        <WaitList waits={status.waits} />
      </Section>
    </div>
  );
}

function Section({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="text-lg font-semibold">{title}</h2>
      <p className="text-muted">{lead}</p>
      <div className="mt-3">{children}</div>
    </section>
  );
}
