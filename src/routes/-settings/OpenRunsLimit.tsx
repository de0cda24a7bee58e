import { useQueryClient } from "@tanstack/react-query";
import { setWorkspace, workspacesQuery, type WorkspaceRow } from "../../data/workspaces.ts";
import { showFailure } from "../../ui/toast.tsx";
import { CommitInput } from "./CommitInput.tsx";

/** How many unfinished runs the workspace may have; starts beyond that are refused. */
export function OpenRunsLimit({ workspace, editable }: { workspace: WorkspaceRow; editable: boolean }) {
  const queries = useQueryClient();
  const keep = async (value: string) => {
    try {
      await setWorkspace(workspace.id, { maxOpenRuns: Number(value) });
    } catch (thrown) {
      showFailure("The limit was not changed", thrown);
    }
    await queries.invalidateQueries({ queryKey: workspacesQuery.queryKey });
  };
  return (
    <>
      <span className="w-24">
        <CommitInput
          numeric
          label="Most unfinished runs"
          value={String(workspace.maxOpenRuns)}
          disabled={!editable}
          onCommit={(value) => void keep(value)}
        />
      </span>
      <span className="ml-2 truncate text-muted">unfinished runs at most; further starts are refused</span>
    </>
  );
}
