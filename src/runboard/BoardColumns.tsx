// The board once its rows are known: the bar, the columns with their cards, and what floats over them.
import { useCallback, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { laneLabel, type CardLane, type CardRun } from "./card.ts";
import {
  boardColumns,
  finishedFirst,
  openStack,
  showMoreOf,
  storedFolding,
  toggleFinished,
} from "./board-columns.ts";
import { countByStatus, isFiltered, matchesFilters, noFilters, type BoardFilters } from "./board-filters.ts";
import type { Board } from "./board-store.ts";
import { BoardBar, type BoardViewName } from "./BoardBar.tsx";
import { BoardColumn } from "./BoardColumn.tsx";
import { filteredRuns, type BulkTarget } from "./bulk-filter.ts";
import { BulkZone } from "./BulkZone.tsx";
import type { CardActions } from "./card-actions.ts";
import { walkOrder } from "./column-rows.ts";
import { EmptyBoard, NothingMatches } from "./EmptyBoard.tsx";
import { FeedBadge } from "./FeedBadge.tsx";
import { LaneHeader, type LaneVerbs } from "./LaneHeader.tsx";
import { groupByLane } from "./lanes.ts";
import { RetrySheet } from "./RetrySheet.tsx";
import { RunCard } from "./RunCard.tsx";
import { boardShortcuts, ShortcutsHelp } from "./ShortcutsHelp.tsx";
import { StartMenu, type StartableWorkflow } from "./StartMenu.tsx";
import { StatusHeader } from "./StatusHeader.tsx";
import { useBoardVerbs } from "./use-board-actions.ts";
import { useBoardCards } from "./use-board.ts";
import { useBoardWalk } from "./use-board-walk.ts";

export interface BoardColumnsProps {
  workspaceId: string;
  board: Board;
  view: BoardViewName;
  onView: (view: BoardViewName) => void;
  onOpenRun: (runId: string) => void;
  filters: BoardFilters;
  onFilters: (filters: BoardFilters) => void;
  lanes: readonly CardLane[];
  laneVerbs: LaneVerbs | null;
  workflows: readonly StartableWorkflow[];
}

export function BoardColumns({
  workspaceId,
  board,
  view,
  onView,
  onOpenRun,
  filters,
  onFilters,
  lanes,
  laneVerbs,
  workflows,
}: BoardColumnsProps) {
  const { runs, triesOf, stepsOf } = useBoardCards(board);
  const feed = useStore(board.store, (state) => state.feed);
  const fresh = useStore(board.store, (state) => state.fresh);
  const complete = useStore(board.store, (state) => state.complete);
  const [folding, setFolding] = useState(storedFolding);
  const [sheet, setSheet] = useState<CardRun | null>(null);
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLDivElement>(null);

  const titles = useMemo(
    () => new Map(workflows.map((workflow) => [workflow.id, workflow.title])),
    [workflows],
  );
  const titleOf = (run: CardRun) => titles.get(run.workflowId) ?? "Workflow";
  const shown = useMemo(
    () => runs.filter((run) => matchesFilters(run, titles.get(run.workflowId) ?? "", filters)),
    [runs, titles, filters],
  );
  const counts = useMemo(
    () =>
      countByStatus(
        runs.filter((run) =>
          matchesFilters(run, titles.get(run.workflowId) ?? "", { ...filters, status: [] }),
        ),
      ),
    [runs, titles, filters],
  );
  const columns = useMemo(
    () => boardColumns(view, shown, lanes, folding, complete),
    [view, shown, lanes, folding, complete],
  );
  const order = useMemo(() => columns.map(({ rows }) => walkOrder(rows)), [columns]);
  const liveByLane = useMemo(
    () => new Map(groupByLane(runs, lanes).map((column) => [column.key, column.liveCount])),
    [lanes, runs],
  );

  const open = useCallback((run: CardRun) => onOpenRun(run.id), [onOpenRun]);
  const verbs = useBoardVerbs({ board, lanes, look: setSheet });
  const [target, setTarget] = useState<BulkTarget | null>(null);
  const walking = useBoardWalk({
    columns: order,
    lanes,
    verbs,
    open,
    help: () => setHelp(true),
    search,
    root,
    paused: sheet !== null || help || target !== null,
  });
  const { focused, selected, select, focus, clear } = walking;
  const actions = useMemo((): CardActions => {
    const { retry, cancel, pause, move } = verbs;
    return {
      open,
      retry: (run) => void retry(run),
      cancel: (run) => void cancel(run),
      pause: (run) => void pause(run),
      move: (run, lane) => void move(run, lane),
      retryWith: setSheet,
      select,
      focus,
    };
  }, [verbs, open, select, focus]);
  const first = order.flat()[0]?.id ?? null;
  const chosen = runs.filter((run) => selected.has(run.id));
  const matching = filteredRuns(filters, shown, (id) => titles.get(id) ?? "Workflow");

  const drawCard = (run: CardRun) => (
    <RunCard
      run={run}
      tries={triesOf(run.id)}
      workflowTitle={titleOf(run)}
      steps={stepsOf(run.id)}
      lane={lanes.find((lane) => lane.name === run.lane)}
      lanes={lanes}
      liveInLane={liveByLane.get(run.lane) ?? 0}
      showLane={view === "status"}
      focused={run.id === (focused ?? first)}
      selected={selected.has(run.id)}
      fresh={fresh.has(run.id)}
      actions={actions}
    />
  );
  const showMore = (key: string) => {
    setFolding((before) => showMoreOf(before, key, finishedFirst[view]));
    void board.loadMore();
  };
  const drop = (runId: string, lane: string) => {
    const run = runs.find((each) => each.id === runId);
    if (run) void verbs.move(run, lane);
  };

  return (
    <div ref={root} className="relative flex h-full min-h-0 flex-col">
      <BoardBar
        view={view}
        onView={onView}
        filters={filters}
        onFilters={onFilters}
        counts={counts}
        workflows={workflows}
        search={search}
        bare={runs.length === 0}
        onActOnAll={matching === null ? undefined : () => setTarget(matching)}
        aside={
          <>
            <FeedBadge state={feed.state} caughtUp={feed.caughtUp} />
            <StartMenu workflows={workflows} />
          </>
        }
      />
      {runs.length === 0 ? (
        <EmptyBoard workflows={workflows} />
      ) : shown.length === 0 && isFiltered(filters) ? (
        <NothingMatches onClear={() => onFilters(noFilters)} />
      ) : (
        <div className="relative flex min-h-0 flex-1 gap-3 overflow-x-auto px-4 pb-4">
          {columns.map(({ column, rows, lane, status }) => (
            <BoardColumn
              key={column.key}
              label={lane ? laneLabel(lane) : column.key}
              header={
                lane ? (
                  <LaneHeader lane={lane} column={column} verbs={laneVerbs} />
                ) : (
                  <StatusHeader status={status} column={column} />
                )
              }
              rows={rows}
              narrow={lane === undefined && rows.length === 0}
              empty={lane?.paused ? "Paused: nothing starts here." : lane ? "No run in this lane." : "None."}
              drawCard={drawCard}
              titleOf={(workflowId) => titles.get(workflowId) ?? "Workflow"}
              onOpenStack={(workflowId) => setFolding((before) => openStack(before, column.key, workflowId))}
              onFold={() => setFolding((before) => toggleFinished(before, column.key))}
              onMore={() => showMore(column.key)}
              {...(lane ? { onDrop: (runId: string) => drop(runId, lane.name) } : {})}
              focusedRun={focused}
            />
          ))}
        </div>
      )}
      <BulkZone
        workspaceId={workspaceId}
        lanes={lanes}
        chosen={chosen}
        target={target}
        onTarget={setTarget}
        onClear={clear}
        onOpenRun={onOpenRun}
      />
      {sheet && (
        <RetrySheet
          run={sheet}
          liveVersion={workflows.find(({ id }) => id === sheet.workflowId)?.liveVersion ?? null}
          onClose={() => setSheet(null)}
          onRetried={() => {}}
        />
      )}
      <ShortcutsHelp open={help} onOpenChange={setHelp} shortcuts={boardShortcuts} />
    </div>
  );
}
