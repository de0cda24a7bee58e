import { createFileRoute } from "@tanstack/react-router";
import { z } from "zod";
import { openApprovalsQuery } from "../data/approvals.ts";
import { ApprovalsPage } from "./-approvals/ApprovalsPage.tsx";

const Search = z.object({
  shown: z.enum(["open", "decided"]).optional().catch(undefined),
  approval: z.string().optional().catch(undefined),
});

export const Route = createFileRoute("/w/$workspace/approvals")({
  validateSearch: Search,
  loader: ({ context }) => void context.queries.prefetchQuery(openApprovalsQuery(context.workspace.id)),
  component: Approvals,
});

function Approvals() {
  const { workspace } = Route.useRouteContext();
  const { shown, approval } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ApprovalsPage
      workspaceId={workspace.id}
      workspaceSlug={workspace.slug}
      shown={shown ?? "open"}
      onShown={(next) => void navigate({ search: { shown: next }, replace: true })}
      chosen={approval}
      onChoose={(id) => void navigate({ search: { shown, approval: id }, replace: true })}
    />
  );
}
