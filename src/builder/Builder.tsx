// The workflow builder: palette, canvas and inspector over one draft, with a run laid over it when there is one.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { loadDraft } from "../data/drafts.ts";
import { useSurroundings } from "../data/surroundings.ts";
import type { WorkflowRow } from "../data/workflows.ts";
import type { WorkspaceRow } from "../data/workspaces.ts";
import { Button } from "../ui/button.tsx";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Workbench } from "./Workbench.tsx";

export interface BuilderProps {
  workspace: WorkspaceRow;
  workflow: WorkflowRow;
  /** The run to lay over the canvas. */
  runId?: string | undefined;
  onOpenRun: (runId: string) => void;
  /** Told when a run is started or hidden here, so that the address can name it. */
  onShowRun?: ((runId: string | undefined) => void) | undefined;
}

export function Builder(props: BuilderProps) {
  const { workspace, workflow } = props;
  const [opening, setOpening] = useState(0);
  // Read anew at each opening: an old copy would only lead to a conflict.
  const draft = useQuery({
    queryKey: ["draft", workflow.id, opening],
    queryFn: () => loadDraft(workflow.id),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const around = useSurroundings(workspace.id);
  const failed = draft.error ?? around.error;
  if (failed)
    return (
      <div className="mx-auto max-w-xl p-10">
        <ErrorPanel
          title={`${workflow.title} could not be opened`}
          why={failed.message}
          next={"hint" in failed && typeof failed.hint === "string" ? failed.hint : "Try again."}
          actions={
            <Button
              onClick={() => {
                setOpening(opening + 1);
                void around.refetch();
              }}
            >
              Try again
            </Button>
          }
        />
      </div>
    );
  if (!draft.data || !around.data) return <Opening />;
  return <Workbench key={`${workflow.id} ${opening}`} {...props} draft={draft.data} around={around.data} />;
}

/** The workbench's own shape, while its content is on the way. */
function Opening() {
  return (
    <section aria-busy aria-label="Opening the workflow" className="flex h-full flex-col">
      <div className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-4">
        <Skeleton className="h-4 w-48" />
        <span className="flex-1" />
        <Skeleton className="h-7 w-20" />
        <Skeleton className="h-7 w-16" />
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="w-52 space-y-3 border-r border-line p-3">
          {[1, 2, 3, 4, 5, 6].map((row) => (
            <Skeleton key={row} className="h-6" />
          ))}
        </div>
        <div className="flex-1 bg-page" />
        <div className="w-80 space-y-3 border-l border-line p-4">
          <Skeleton className="w-2/3" />
          <Skeleton className="h-24" />
        </div>
      </div>
    </section>
  );
}
