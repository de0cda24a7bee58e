// Keeps what the shell shows current: joins the workspace's topic and marks what runs made stale.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { openWorkspaceFeed, type FeedState } from "../../data/run-feed.ts";

/** Milliseconds between renewals while a flood of runs goes by. */
const renewMs = 700;

/** @returns the state of the live connection */
export function useWorkspaceLive(workspaceId: string): FeedState {
  const queries = useQueryClient();
  const [state, setState] = useState<FeedState>({ state: "connecting", caughtUp: 0 });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const renew = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ["approvals", workspaceId] });
        void queries.invalidateQueries({ queryKey: ["workflows", workspaceId, "last-runs"] });
        void queries.invalidateQueries({ queryKey: ["engine", workspaceId] });
      }, renewMs);
    };
    const feed = openWorkspaceFeed(workspaceId, renew, { onRuns: renew, onState: setState });
    return () => {
      feed.close();
      clearTimeout(timer);
    };
  }, [workspaceId, queries]);
  return state;
}
