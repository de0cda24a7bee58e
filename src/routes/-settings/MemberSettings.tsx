import { useQueryClient } from "@tanstack/react-query";
import { UserMinus } from "lucide-react";
import { useState } from "react";
import { useSession } from "../../data/session.ts";
import {
  changeMember,
  membersQuery,
  removeMember,
  useMembers,
  type MemberRow,
  type Role,
} from "../../data/workspaces.ts";
import { Badge } from "../../ui/badge.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Select } from "../../ui/select.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Switch } from "../../ui/switch.tsx";
import { showDone, showFailure } from "../../ui/toast.tsx";
import { AddMember } from "./AddMember.tsx";
import { roleOptions } from "./role-options.ts";

const rowGrid = "grid grid-cols-[minmax(0,1fr)_136px_112px_28px] items-center gap-4 px-4";

export function MemberSettings({ workspaceId, editable }: { workspaceId: string; editable: boolean }) {
  const queries = useQueryClient();
  const { user } = useSession();
  const { data: members } = useMembers(workspaceId);
  const [leaving, setLeaving] = useState<MemberRow>();
  if (!members) return <SkeletonRows rows={2} />;
  const attempt = async (work: () => Promise<void>, failure: string) => {
    try {
      await work();
    } catch (thrown) {
      showFailure(failure, thrown);
    }
    await queries.invalidateQueries({ queryKey: membersQuery(workspaceId).queryKey });
  };
  return (
    <div className="flex flex-col gap-3">
      <div
        role="table"
        aria-label="Members"
        className="overflow-hidden rounded-card border border-line bg-raised"
      >
        <div
          role="row"
          className={`${rowGrid} h-8 border-b border-line bg-panel text-sm font-medium text-muted`}
        >
          <span role="columnheader">Account</span>
          <span role="columnheader">Role</span>
          <span role="columnheader" title="Inputs, outputs, calls and logs of runs">
            Sees payloads
          </span>
          <span role="columnheader">
            <span className="sr-only">Actions</span>
          </span>
        </div>
        {members.map((member) => (
          <MemberLine
            key={member.userId}
            member={member}
            self={member.userId === user?.id}
            editable={editable}
            onChange={(patch) =>
              void attempt(
                () => changeMember(workspaceId, member.userId, patch),
                `${nameOf(member)} was not changed`,
              )
            }
            onRemove={() => setLeaving(member)}
          />
        ))}
      </div>
      {editable && <AddMember workspaceId={workspaceId} />}
      <ConfirmDialog
        open={leaving !== undefined}
        onOpenChange={() => setLeaving(undefined)}
        title={leaving ? `Remove ${nameOf(leaving)}?` : ""}
        description="The account stays; it can no longer see this workspace. What it made here stays too."
        verb="Remove"
        onConfirm={() => {
          if (!leaving) return;
          setLeaving(undefined);
          void attempt(
            async () => {
              await removeMember(workspaceId, leaving.userId);
              showDone(`Removed ${nameOf(leaving)}`);
            },
            `${nameOf(leaving)} was not removed`,
          );
        }}
      />
    </div>
  );
}

function nameOf(member: MemberRow): string {
  return member.email ?? (member.displayName || member.userId);
}

interface MemberLineProps {
  member: MemberRow;
  self: boolean;
  editable: boolean;
  onChange: (patch: { role?: Role; maySeePayloads?: boolean }) => void;
  onRemove: () => void;
}

function MemberLine({ member, self, editable, onChange, onRemove }: MemberLineProps) {
  const name = nameOf(member);
  return (
    <div role="row" className={`${rowGrid} h-11 not-last:border-b border-line`}>
      <span role="cell" className="flex min-w-0 items-center gap-2">
        <span className="truncate">{name}</span>
        {self && <Badge>You</Badge>}
      </span>
      <span role="cell">
        <Select<Role>
          aria-label={`Role of ${name}`}
          disabled={!editable}
          value={member.role}
          options={roleOptions}
          onChange={(role) => onChange({ role })}
        />
      </span>
      <span role="cell" className="flex">
        <Switch
          aria-label={`${name} sees payloads`}
          disabled={!editable}
          checked={member.maySeePayloads}
          onCheckedChange={(maySeePayloads) => onChange({ maySeePayloads })}
        />
      </span>
      <span role="cell">
        {editable && !self && <IconButton label={`Remove ${name}`} icon={<UserMinus />} onClick={onRemove} />}
      </span>
    </div>
  );
}
