// Makes a workflow from a file the person chooses.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { pinTools } from "../../core/pin-tools.ts";
import { toolsQuery } from "../../data/connections.ts";
import { createWorkflow, workflowsQuery } from "../../data/workflows.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { showDone, showFailure } from "../../ui/toast.tsx";

function chosenFile(): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".json,application/json";
    input.addEventListener("change", () => resolve(input.files?.[0]));
    input.addEventListener("cancel", () => resolve(undefined));
    input.click();
  });
}

export function useImport(workspace: WorkspaceRow) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);

  const importFile = useCallback(
    async (file: File) => {
      setBusy(true);
      try {
        // The kinds come with it, and the list does not need them.
        const { openWorkflowFile } = await import("./open-file.ts");
        const { title, description, doc, notices } = openWorkflowFile(await file.text(), file.name);
        const tools = await queries.fetchQuery(toolsQuery(workspace.id));
        const made = await createWorkflow({
          workspaceId: workspace.id,
          title,
          description,
          doc: pinTools(doc, tools),
        });
        await queries.invalidateQueries({ queryKey: workflowsQuery(workspace.id).queryKey });
        showDone(`Imported ${made.title}`, {
          description: ["It is a draft: check it, then publish.", ...notices].join(" "),
        });
        await navigate({
          to: "/w/$workspace/workflows/$workflow",
          params: { workspace: workspace.slug, workflow: made.slug },
        });
      } catch (thrown) {
        showFailure(`“${file.name}” was not imported`, thrown);
      } finally {
        setBusy(false);
      }
    },
    [queries, navigate, workspace],
  );
  const chooseFile = useCallback(() => {
    void chosenFile().then((file) => (file ? importFile(file) : undefined));
  }, [importFile]);
  return { chooseFile, busy };
}
