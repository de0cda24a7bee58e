// The run itself: canvas, timeline and the chosen step, wired to each other.
import { useMemo } from "react";
import type { Json } from "../core/json.ts";
import { instanceKey } from "../core/run-view.ts";
import type { ApprovalRow } from "../data/approvals.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import type { ApprovalVerdict } from "../data/run-verbs.ts";
import { RunCanvas } from "./RunCanvas.tsx";
import { RunZones, type Zone } from "./RunZones.tsx";
import { StepPanel } from "./StepPanel.tsx";
import { Timeline } from "./Timeline.tsx";
import { TimelineLegend } from "./TimelineTrack.tsx";
import type { useRunPage } from "./use-run.ts";
import type { RunTree } from "./use-run-tree.ts";

interface RunViewProps {
  page: ReturnType<typeof useRunPage>;
  tree: RunTree;
  zones: ReadonlySet<Zone>;
  onDecide: (
    approval: ApprovalRow,
    verdict: ApprovalVerdict,
    comment: string | null,
    payload: Json | null,
  ) => Promise<void>;
  /** Absent while the run lasts. */
  onRetryFrom: ((step: string) => void) | undefined;
  /** Shows another run; absent where nobody can. */
  onOpenRun: ((runId: string) => void) | undefined;
}

export function RunView({ page, tree, zones, onDecide, onRetryFrom, onOpenRun }: RunViewProps) {
  const { run, doc, overlay, approvals } = page;
  const segments = useMemo(() => [...page.segments.values()].flat(), [page.segments]);
  const step = tree.chosenStep;
  if (!run) return null;
  const chooseNode = (nodeId: string) => {
    const leads = overlay?.steps.get(nodeId);
    if (leads) tree.chooseStep(leads.stepKey, leads.itemPath);
  };
  const canvas =
    doc && overlay ? (
      <RunCanvas
        doc={doc}
        overlay={overlay}
        chosen={step?.nodeId ?? null}
        calm={run.status !== "failed" && run.status !== "waiting"}
        onChoose={chooseNode}
      />
    ) : (
      <Skeleton className="m-4 h-24" />
    );
  const timeline = (
    <section aria-label="Timeline of the run" className="@container flex h-full min-h-0 flex-col bg-panel">
      <div className="min-h-0 flex-1">
        <Timeline
          rows={tree.rows}
          segments={segments}
          startedAt={Date.parse(run.createdAt)}
          finishedAt={run.finishedAt ? Date.parse(run.finishedAt) : null}
          chosen={tree.chosenRow}
          onChoose={tree.choose}
          onToggle={tree.toggle}
        />
      </div>
      <footer className="hidden shrink-0 border-t border-line px-3 @lg:block">
        <TimelineLegend />
      </footer>
    </section>
  );
  const mine = step
    ? approvals.filter(
        (approval) =>
          approval.stepKey === step.stepKey && String(approval.itemPath) === String(step.itemPath),
      )
    : [];
  const panel = step ? (
    <StepPanel
      key={instanceKey(step.stepKey, step.itemPath)}
      step={step}
      approvals={mine}
      onDecide={onDecide}
      onRetryFrom={onRetryFrom && (() => onRetryFrom(step.stepKey))}
      onOpenRun={onOpenRun}
    />
  ) : (
    <p className="p-6 text-center text-muted">Choose a step on the canvas or in the timeline.</p>
  );
  return <RunZones open={zones} canvas={canvas} timeline={timeline} step={panel} />;
}
