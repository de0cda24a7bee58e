// One open draft on screen. Holds what lives as long as the builder does: store, overlay, autosave, compiler.
import { ReactFlowProvider } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Surroundings } from "../core/node.ts";
import { DraftConflict, loadDraft, saveDraft, type Draft } from "../data/drafts.ts";
import { nodeOf, registry } from "../nodes/registry.gen.ts";
import { browserStash, startAutosave, type Autosave } from "./autosave.ts";
import { BuilderProvider, type BuilderValue } from "./builder-context.tsx";
import type { BuilderProps } from "./Builder.tsx";
import { Desk } from "./Desk.tsx";
import { startLiveCompile } from "./live-compile.ts";
import { followRun } from "./run/follow.ts";
import { createRunOverlay } from "./run/overlay.ts";
import { createBuilderStore } from "./store.ts";

interface WorkbenchProps extends BuilderProps {
  draft: Draft;
  around: Surroundings;
}

export function Workbench({
  workspace,
  workflow,
  runId,
  onOpenRun,
  onShowRun,
  draft,
  around,
}: WorkbenchProps) {
  const [store] = useState(() => createBuilderStore(draft.doc, draft.revision, draft.updatedAt));
  const [overlay] = useState(createRunOverlay);
  const autosave = useRef<Autosave | null>(null);
  const [shownRun, setShownRun] = useState(runId);
  const [asked, setAsked] = useState(runId);
  if (runId !== asked) {
    setAsked(runId);
    setShownRun(runId);
  }

  useEffect(() => {
    const started = startAutosave({
      store,
      save: (doc, revision) => saveDraft(workflow.id, doc, revision),
      load: () => loadDraft(workflow.id),
      isConflict: (error) => error instanceof DraftConflict,
      stash: browserStash(workflow.id),
    });
    autosave.current = started;
    return () => {
      started.stop();
      autosave.current = null;
    };
  }, [store, workflow.id]);
  useEffect(() => startLiveCompile(store, registry, around, workflow.title), [store, around, workflow.title]);
  useEffect(() => (shownRun === undefined ? undefined : followRun(overlay, shownRun)), [overlay, shownRun]);

  // A failed run opens at the step that failed, unless somebody looks at something already.
  useEffect(
    () =>
      overlay.subscribe((state, before) => {
        if (state.status !== "failed" || state.byNode === before.byNode) return;
        const { selection, select } = store.getState();
        const failed = [...state.byNode].find(([, run]) => run.status === "failed");
        if (failed && selection.nodes.size + selection.edges.size === 0) select([failed[0]]);
      }),
    [overlay, store],
  );

  const showRun = useCallback(
    (next: string | undefined) => {
      setShownRun(next);
      onShowRun?.(next);
    },
    [onShowRun],
  );
  const value = useMemo<BuilderValue>(
    () => ({ store, overlay, registry, nodeOf, around, workspace, workflow, onOpenRun }),
    [store, overlay, around, workspace, workflow, onOpenRun],
  );
  return (
    <BuilderProvider value={value}>
      <ReactFlowProvider>
        <Desk autosave={() => autosave.current} onShowRun={showRun} runShown={shownRun !== undefined} />
      </ReactFlowProvider>
    </BuilderProvider>
  );
}
