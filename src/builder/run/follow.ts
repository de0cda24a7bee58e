// Follows one run for the canvas: its plan says which step belongs to which node, its events say the rest.
import { emptyRunView, foldRunView } from "../../core/run-view.ts";
import type { RunRow } from "../../data/run-rows.ts";
import { openRunFeed } from "../../data/run-feed.ts";
import { loadRun } from "../../data/runs.ts";
import { loadVersion } from "../../data/versions.ts";
import { nodeRuns } from "./node-runs.ts";
import { isOver, noRun, type RunOverlay } from "./overlay.ts";

function rowFacts(row: RunRow) {
  return {
    title: row.title,
    version: row.version,
    error: row.error,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  };
}

/** Shows the run on the overlay until the returned function is called, which clears it. */
export function followRun(overlay: RunOverlay, runId: string): () => void {
  let closed = false;
  let close = () => {};
  overlay.setState({ ...noRun, runId });

  const start = async () => {
    const row = await loadRun(runId);
    const { plan } = await loadVersion(row.workflowId, row.version);
    if (closed) return;
    let view = emptyRunView(runId, plan.steps);
    overlay.setState({
      ...rowFacts(row),
      status: row.status,
      waitingFor: row.waitingFor,
      counts: row.counts,
    });
    const feed = openRunFeed(
      runId,
      (events) => {
        view = foldRunView(view, events);
        const before = overlay.getState();
        overlay.setState({
          status: view.status,
          waitingFor: view.waitingFor,
          counts: view.counts,
          startedAt: view.startedAt ?? before.startedAt,
          finishedAt: view.finishedAt,
          byNode: nodeRuns(view, plan.steps, before.byNode),
          ...(isOver(view.status) ? {} : { error: null }),
        });
        // The envelope has no error text; it is read once the run has ended.
        if (isOver(view.status))
          loadRun(runId).then(
            (ended) => {
              if (!closed) overlay.setState(rowFacts(ended));
            },
            () => undefined,
          );
      },
      ({ state, caughtUp }) => overlay.setState({ feed: state, caughtUp }),
    );
    close = () => feed.close();
    if (closed) close();
  };
  start().catch((error: unknown) => {
    if (!closed)
      overlay.setState({ loadError: error instanceof Error ? error.message : "The run could not be read." });
  });

  return () => {
    closed = true;
    close();
    overlay.setState(noRun);
  };
}
