import { Plus, Search, Upload, Workflow } from "lucide-react";
import { useMemo, useState } from "react";
import { asDataError } from "../../data/data-error.ts";
import { useWorkflows, type WorkflowRow } from "../../data/workflows.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { Input } from "../../ui/input.tsx";
import { useRegisterCommands } from "../../ui/palette-commands.ts";
import { SegmentedControl } from "../../ui/segmented-control.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Page } from "../-shell/Page.tsx";
import { NewWorkflowDialog } from "./NewWorkflowDialog.tsx";
import { useImport } from "./use-import.ts";
import { WorkflowTable } from "./WorkflowTable.tsx";

type Shown = "current" | "archived";

export function WorkflowsPage({ workspace }: { workspace: WorkspaceRow }) {
  const { data: workflows, error, refetch } = useWorkflows(workspace.id);
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState<Shown>("current");
  const [creating, setCreating] = useState(false);
  const { chooseFile, busy } = useImport(workspace);
  useRegisterCommands(
    useMemo(
      () => [
        {
          id: "workflow.new",
          group: "Workflows",
          title: "New workflow",
          icon: <Plus />,
          run: () => setCreating(true),
        },
        {
          id: "workflow.import",
          group: "Workflows",
          title: "Import a workflow file",
          icon: <Upload />,
          run: chooseFile,
        },
      ],
      [chooseFile],
    ),
  );
  const rows = useMemo(() => matching(workflows ?? [], search, shown), [workflows, search, shown]);
  const archived = workflows?.some((row) => row.status === "archived") ?? false;
  return (
    <Page
      title="Workflows"
      toolbar={
        <>
          <Input
            type="search"
            icon={<Search />}
            placeholder="Filter by title or slug"
            aria-label="Filter workflows"
            className="w-60"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          {archived && (
            <SegmentedControl<Shown>
              label="Which workflows"
              value={shown}
              onChange={setShown}
              segments={[
                { value: "current", label: "Current" },
                { value: "archived", label: "Archived" },
              ]}
            />
          )}
        </>
      }
      actions={
        <>
          <Button icon={<Upload />} busy={busy} onClick={chooseFile}>
            Import
          </Button>
          <Button variant="primary" icon={<Plus />} onClick={() => setCreating(true)}>
            New workflow
          </Button>
        </>
      }
    >
      {error ? (
        <ErrorPanel
          className="m-5"
          title="The workflows could not be read"
          why={error.message}
          next={asDataError(error).hint}
          actions={<Button onClick={() => void refetch()}>Try again</Button>}
        />
      ) : !workflows ? (
        <SkeletonRows rows={6} />
      ) : rows.length > 0 ? (
        <WorkflowTable workspace={workspace} rows={rows} />
      ) : (
        <Nothing search={search} shown={shown} onCreate={() => setCreating(true)} onImport={chooseFile} />
      )}
      <NewWorkflowDialog workspace={workspace} open={creating} onOpenChange={setCreating} />
    </Page>
  );
}

function matching(workflows: readonly WorkflowRow[], search: string, shown: Shown): WorkflowRow[] {
  const wanted = search.trim().toLowerCase();
  return workflows.filter(
    (row) =>
      (row.status === "archived") === (shown === "archived") &&
      (wanted === "" || row.title.toLowerCase().includes(wanted) || row.slug.includes(wanted)),
  );
}

function Nothing({
  search,
  shown,
  onCreate,
  onImport,
}: {
  search: string;
  shown: Shown;
  onCreate: () => void;
  onImport: () => void;
}) {
  if (search.trim() !== "") {
    return (
      <EmptyState icon={<Search />} title={`No workflow matches “${search.trim()}”`}>
        The filter looks at titles and slugs{shown === "current" ? "; archived workflows are left out" : ""}.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Workflow />}
      title={shown === "archived" ? "Nothing is archived" : "No workflows yet"}
      actions={
        <>
          <Button onClick={onImport} icon={<Upload />}>
            Import a file
          </Button>
          <Button variant="primary" onClick={onCreate} icon={<Plus />}>
            New workflow
          </Button>
        </>
      }
    >
      A workflow is a drawing that runs: nodes are its steps, wires say what follows what. Draw one, publish
      it, and watch its runs on the board.
    </EmptyState>
  );
}
