import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowUpRight } from "lucide-react";
import type { ReactNode } from "react";
import type { Json } from "../../core/json.ts";
import type { ApprovalRow } from "../../data/approvals.ts";
import { decideApproval } from "../../data/run-verbs.ts";
import { useMembers } from "../../data/workspaces.ts";
import { Badge } from "../../ui/badge.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { Markdown } from "../../ui/markdown.tsx";
import { Payload } from "../../ui/payload.tsx";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { StatusIcon } from "../../ui/status-icon.tsx";
import { FormBox } from "../../runboard/FormBox.tsx";
import { ReconcileBox } from "../../runboard/ReconcileBox.tsx";
import { showFailure } from "../../ui/toast.tsx";
import { approvalLook } from "./approval-look.ts";
import { DecisionForm } from "./DecisionForm.tsx";

/** What is asked, what it is about, and the answer. */
export function ApprovalDetail({
  approval,
  workspaceSlug,
}: {
  approval: ApprovalRow;
  workspaceSlug: string;
}) {
  const { label, tone, shape } = approvalLook[approval.status];
  const about = approval.purpose === "verifier" ? "The output to look at" : "What it is about";
  return (
    <article className="mx-auto flex max-w-3xl flex-col gap-5 px-6 py-5">
      <header className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="text-lg font-semibold break-words">{approval.title}</h2>
          <p className="mt-0.5 flex flex-wrap items-center gap-x-2 text-muted">
            <span className="inline-flex items-center gap-1">
              <StatusIcon tone={tone} shape={shape} className="size-3.5" />
              {label}
            </span>
            <span aria-hidden>·</span>
            <span>
              asked <RelativeTime at={approval.openedAt} />
            </span>
            {approval.status === "open" && approval.expiresAt && (
              <>
                <span aria-hidden>·</span>
                <span className="text-waiting">
                  expires <RelativeTime at={approval.expiresAt} />
                </span>
              </>
            )}
          </p>
        </div>
        <Link
          to="/w/$workspace/runs/$run"
          params={{ workspace: workspaceSlug, run: approval.runId }}
          className={buttonClass("secondary")}
        >
          Open the run
          <ArrowUpRight aria-hidden />
        </Link>
      </header>
      {approval.message && <Markdown text={approval.message} />}
      {approval.payload !== undefined && approval.purpose !== "form" && (
        <Section title={about}>
          <Payload value={approval.payload} label={about} maxHeight={360} />
        </Section>
      )}
      {approval.status === "open" ? <Answer approval={approval} /> : <Votes approval={approval} />}
      {approval.status === "submitted" && approval.response !== undefined && (
        <Section title="What was sent in">
          <Payload value={valuesOf(approval.response)} label="What was sent in" maxHeight={360} />
        </Section>
      )}
      <Approvers approval={approval} />
    </article>
  );
}

/** The control that fits what is asked. */
function Answer({ approval }: { approval: ApprovalRow }) {
  const queries = useQueryClient();
  if (approval.purpose === "form") return <FormBox approval={approval} bare />;
  if (approval.purpose !== "reconcile") return <DecisionForm approval={approval} />;
  return (
    <ReconcileBox
      approval={{ ...approval, editable: false, quorum: 1, approvals: 0 }}
      onDecide={async (verdict, comment, payload) => {
        try {
          await decideApproval(approval.id, verdict, comment ?? undefined, payload ?? undefined);
          await queries.invalidateQueries({ queryKey: ["approvals", approval.workspaceId] });
        } catch (thrown) {
          showFailure("The decision was not taken", thrown);
        }
      }}
    />
  );
}

function valuesOf(response: Json): Json {
  return response !== null && typeof response === "object" && !Array.isArray(response)
    ? (response.values ?? null)
    : null;
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 text-sm font-medium text-muted">{title}</h3>
      {children}
    </section>
  );
}

const good = new Set(["approved", "submitted", "do_it_again", "treat_as_done"]);

function Votes({ approval }: { approval: ApprovalRow }) {
  const { data: members } = useMembers(approval.workspaceId);
  const nameOf = (userId: string) =>
    members === undefined
      ? "…"
      : (members.find((member) => member.userId === userId)?.email ?? "A former member");
  if (approval.votes.length === 0) {
    return (
      <p className="text-muted">
        {approval.status === "expired" ? "Nobody answered in time." : "Ended without an answer."}
      </p>
    );
  }
  return (
    <Section title={approval.purpose === "form" ? "Sent in by" : "Decision"}>
      <ul className="divide-y divide-line rounded-card border border-line bg-raised">
        {approval.votes.map((vote) => (
          <li key={`${vote.by} ${vote.at}`} className="px-3 py-2">
            <div className="flex items-center gap-2">
              <StatusIcon tone={good.has(vote.verdict) ? "succeeded" : "failed"} label={vote.verdict} />
              <span className="min-w-0 flex-1 truncate">{nameOf(vote.by)}</span>
              <RelativeTime at={vote.at} className="text-sm text-muted" />
            </div>
            {vote.comment && (
              <p className="mt-1 pl-6 break-words whitespace-pre-wrap text-muted">{vote.comment}</p>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Approvers({ approval }: { approval: ApprovalRow }) {
  const { roles, quorum } = approval.approvers;
  if (roles.length === 0) return null;
  return (
    <p className="flex flex-wrap items-center gap-1.5 text-sm text-muted">
      {quorum > 1 ? `${quorum} of` : "One of"}
      {roles.map((role) => (
        <Badge key={role}>{role}</Badge>
      ))}
      {approval.purpose === "form" ? "fills it in" : "decides"}
      {approval.votes.length > 0 && approval.status === "open" ? `; ${approval.votes.length} so far` : ""}.
    </p>
  );
}
