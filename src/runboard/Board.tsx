// The board of a workspace: its runs in lanes or by status, live, with every verb in reach of pointer and keys.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useStore } from "zustand";
import { useWorkflows } from "../data/workflows.ts";
import {
  lanesQuery,
  setLane,
  useLanes,
  useMembers,
  type LanePatch,
  type WorkspaceRow,
} from "../data/workspaces.ts";
import { useSession } from "../data/session.ts";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { showFailure } from "../ui/toast.tsx";
import type { BoardViewName } from "./BoardBar.tsx";
import { noFilters, type BoardFilters } from "./board-filters.ts";
import type { Board as OpenBoard } from "./board-store.ts";
import { BoardColumns } from "./BoardColumns.tsx";
import { BoardSkeleton } from "./BoardSkeleton.tsx";
import type { CardLane } from "./card.ts";
import type { LaneVerbs } from "./LaneHeader.tsx";
import { useBoard } from "./use-board.ts";

export interface BoardProps {
  workspace: WorkspaceRow;
  view: BoardViewName;
  onView: (view: BoardViewName) => void;
  onOpenRun: (runId: string) => void;
  /** Filters kept by the caller, in the address; without them the board keeps its own. */
  filters?: BoardFilters;
  onFilters?: (filters: BoardFilters) => void;
}

/** Lanes are the owner's to change. */
function useLaneVerbs(workspaceId: string): LaneVerbs | null {
  const queries = useQueryClient();
  const { user } = useSession();
  const members = useMembers(workspaceId);
  if (members.data?.find((member) => member.userId === user?.id)?.role !== "owner") return null;
  const change = async (lane: CardLane, patch: LanePatch) => {
    try {
      await setLane(workspaceId, lane.name, patch);
      await queries.invalidateQueries({ queryKey: lanesQuery(workspaceId).queryKey });
    } catch (error) {
      showFailure(`${lane.title} could not be changed`, error);
    }
  };
  return {
    setPaused: (lane, paused) => void change(lane, { paused }),
    setLimit: (lane, wipLimit) => void change(lane, { wipLimit }),
  };
}

function Loaded({ board, workspace, view, onView, onOpenRun, ...kept }: BoardProps & { board: OpenBoard }) {
  const [own, setOwn] = useState(noFilters);
  const loaded = useStore(board.store, (state) => state.loaded);
  const problem = useStore(board.store, (state) => state.problem);
  const lanes = useLanes(workspace.id);
  const workflows = useWorkflows(workspace.id);
  const laneVerbs = useLaneVerbs(workspace.id);
  const trouble = problem ?? lanes.error;
  if (!loaded || !lanes.data) {
    if (!trouble) return <BoardSkeleton />;
    const hint = "hint" in trouble && typeof trouble.hint === "string" ? trouble.hint : undefined;
    return (
      <ErrorPanel title="The board could not be read" why={trouble.message} next={hint} className="m-4" />
    );
  }
  return (
    <BoardColumns
      workspaceId={workspace.id}
      board={board}
      view={view}
      onView={onView}
      onOpenRun={onOpenRun}
      filters={kept.filters ?? own}
      onFilters={kept.onFilters ?? setOwn}
      lanes={lanes.data}
      laneVerbs={laneVerbs}
      workflows={workflows.data ?? []}
    />
  );
}

export function Board(props: BoardProps) {
  const board = useBoard(props.workspace.id);
  return <Loaded board={board} {...props} />;
}
