import { Hand } from "lucide-react";
import { useOpenApprovals, useDecidedApprovals, type ApprovalRow } from "../../data/approvals.ts";
import { asDataError } from "../../data/data-error.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { SegmentedControl } from "../../ui/segmented-control.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Page } from "../-shell/Page.tsx";
import { ApprovalDetail } from "./ApprovalDetail.tsx";
import { ApprovalList } from "./ApprovalList.tsx";

export type ApprovalsShown = "open" | "decided";

interface ApprovalsPageProps {
  workspaceId: string;
  workspaceSlug: string;
  shown: ApprovalsShown;
  onShown: (shown: ApprovalsShown) => void;
  /** The chosen one's id; the first is shown without. */
  chosen: string | undefined;
  onChoose: (id: string) => void;
}

export function ApprovalsPage({
  workspaceId,
  workspaceSlug,
  shown,
  onShown,
  chosen,
  onChoose,
}: ApprovalsPageProps) {
  const open = useOpenApprovals(workspaceId);
  const decided = useDecidedApprovals(workspaceId);
  const { data: rows, error, refetch } = shown === "open" ? open : decided;
  const current = rows?.find((row) => row.id === chosen) ?? rows?.[0];
  return (
    <Page
      title="Approvals"
      fill
      toolbar={
        <SegmentedControl<ApprovalsShown>
          label="Which approvals"
          value={shown}
          onChange={onShown}
          segments={[
            { value: "open", label: open.data && open.data.length > 0 ? `Open ${open.data.length}` : "Open" },
            { value: "decided", label: "Decided" },
          ]}
        />
      }
    >
      {error ? (
        <ErrorPanel
          className="m-5"
          title="The approvals could not be read"
          why={error.message}
          next={asDataError(error).hint}
          actions={<Button onClick={() => void refetch()}>Try again</Button>}
        />
      ) : !rows ? (
        <SkeletonRows rows={4} />
      ) : !current ? (
        <Nothing shown={shown} />
      ) : (
        <Split rows={rows} current={current} workspaceSlug={workspaceSlug} onChoose={onChoose} />
      )}
    </Page>
  );
}

interface SplitProps {
  rows: readonly ApprovalRow[];
  current: ApprovalRow;
  workspaceSlug: string;
  onChoose: (id: string) => void;
}

function Split({ rows, current, workspaceSlug, onChoose }: SplitProps) {
  return (
    <div className="grid h-full min-h-0 grid-cols-[minmax(240px,320px)_minmax(0,1fr)]">
      <ApprovalList rows={rows} current={current.id} onChoose={onChoose} />
      <div className="overflow-y-auto">
        <ApprovalDetail key={current.id} approval={current} workspaceSlug={workspaceSlug} />
      </div>
    </div>
  );
}

function Nothing({ shown }: { shown: ApprovalsShown }) {
  return (
    <EmptyState
      icon={<Hand />}
      title={shown === "open" ? "Nobody is waiting for you" : "Nothing has been decided yet"}
    >
      A run that reaches an approval node stops there and costs nothing until somebody decides here, on the
      board or on the run’s page.
    </EmptyState>
  );
}
