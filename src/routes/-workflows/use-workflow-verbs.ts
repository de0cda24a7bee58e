// What one can do with a workflow from the list.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { WorkflowFile } from "../../core/canvas.ts";
import { loadDraft } from "../../data/drafts.ts";
import { createWorkflow, updateWorkflow, workflowsQuery, type WorkflowRow } from "../../data/workflows.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { showDone, showFailure } from "../../ui/toast.tsx";

const doneWords = { active: "Active again", paused: "Paused", archived: "Archived" } satisfies Record<
  WorkflowRow["status"],
  string
>;

function saveAs(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function useWorkflowVerbs(workspace: WorkspaceRow) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { queryKey } = workflowsQuery(workspace.id);

  const setStatus = async (
    row: WorkflowRow,
    status: WorkflowRow["status"],
    undoable = true,
  ): Promise<void> => {
    const show = (next: WorkflowRow["status"]) =>
      queries.setQueryData<WorkflowRow[]>(queryKey, (rows) =>
        rows?.map((one) => (one.id === row.id ? { ...one, status: next } : one)),
      );
    show(status);
    try {
      await updateWorkflow(row.id, { status });
      const undo = { label: "Undo", run: () => void setStatus({ ...row, status }, row.status, false) };
      showDone(`${doneWords[status]}: ${row.title}`, undoable ? { action: undo } : {});
    } catch (thrown) {
      show(row.status);
      showFailure(`“${row.title}” was not changed`, thrown);
    }
    await queries.invalidateQueries({ queryKey });
  };

  const duplicate = async (row: WorkflowRow): Promise<void> => {
    try {
      const { doc } = await loadDraft(row.id);
      const title = `Copy of ${row.title}`.slice(0, 120);
      const made = await createWorkflow({
        workspaceId: workspace.id,
        title,
        description: row.description,
        doc,
      });
      await queries.invalidateQueries({ queryKey });
      await navigate({
        to: "/w/$workspace/workflows/$workflow",
        params: { workspace: workspace.slug, workflow: made.slug },
      });
    } catch (thrown) {
      showFailure(`“${row.title}” was not duplicated`, thrown);
    }
  };

  const download = async (row: WorkflowRow): Promise<void> => {
    try {
      const { doc } = await loadDraft(row.id);
      const file: WorkflowFile = {
        runboard: 1,
        slug: row.slug,
        title: row.title,
        description: row.description,
        doc,
      };
      saveAs(`${row.slug}.workflow.json`, `${JSON.stringify(file, null, 2)}\n`);
    } catch (thrown) {
      showFailure(`“${row.title}” was not downloaded`, thrown);
    }
  };

  return { setStatus, duplicate, download };
}
