import { Plug, Plus } from "lucide-react";
import { useState } from "react";
import { useConnections, useTools, type ConnectionRow } from "../../data/connections.ts";
import { asDataError } from "../../data/data-error.ts";
import type { WorkspaceRow } from "../../data/workspaces.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ErrorPanel } from "../../ui/error-panel.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Page } from "../-shell/Page.tsx";
import { ConnectionSheet } from "./ConnectionSheet.tsx";
import { ConnectionTable } from "./ConnectionTable.tsx";
import { ToolsSheet } from "./ToolsSheet.tsx";

export function ConnectionsPage({ workspace }: { workspace: WorkspaceRow }) {
  const { data: connections, error, refetch } = useConnections(workspace.id);
  const { data: tools = [] } = useTools(workspace.id);
  const [editing, setEditing] = useState<ConnectionRow | "new">();
  const [shownTools, setShownTools] = useState<string>();
  const toolsOf = connections?.find((one) => one.slug === shownTools);
  const add = (
    <Button variant="primary" icon={<Plus />} onClick={() => setEditing("new")}>
      New connection
    </Button>
  );
  return (
    <Page title="Connections" actions={connections && connections.length > 0 ? add : undefined}>
      {error ? (
        <ErrorPanel
          className="m-5"
          title="The connections could not be read"
          why={error.message}
          next={asDataError(error).hint}
          actions={<Button onClick={() => void refetch()}>Try again</Button>}
        />
      ) : !connections ? (
        <SkeletonRows rows={4} />
      ) : connections.length === 0 ? (
        <EmptyState icon={<Plug />} title="No connections yet" actions={add}>
          A connection holds the address and the secret of something outside: an API, an MCP server, a model.
          Nodes name it; the secret is written once and never shown again.
        </EmptyState>
      ) : (
        <ConnectionTable
          connections={connections}
          tools={tools}
          onEdit={setEditing}
          onTools={setShownTools}
        />
      )}
      {editing && (
        <ConnectionSheet
          key={editing === "new" ? "new" : editing.slug}
          workspaceId={workspace.id}
          connection={editing === "new" ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onMade={(slug) => setShownTools(slug)}
        />
      )}
      {toolsOf && <ToolsSheet connection={toolsOf} tools={tools} onClose={() => setShownTools(undefined)} />}
    </Page>
  );
}
