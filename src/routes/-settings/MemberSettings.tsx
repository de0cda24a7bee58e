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
import { Table, TableCell, TableHead, TableRow } from "../../ui/table.tsx";
import { showDone, showFailure } from "../../ui/toast.tsx";
import { AddMember } from "./AddMember.tsx";
import { roleOptions } from "./role-options.ts";

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
      <div className="overflow-hidden rounded-card border border-line bg-raised">
        <Table aria-label="Members" className="[&_tr:last-child>td]:border-b-0">
          <colgroup>
            <col />
            <col className="w-40" />
            <col className="w-32" />
            <col className="w-14" />
          </colgroup>
          <thead>
            <tr>
              <TableHead>Account</TableHead>
              <TableHead>Role</TableHead>
              <TableHead title="Inputs, outputs, calls and logs of runs">Sees payloads</TableHead>
              <TableHead>
                <span className="sr-only">Actions</span>
              </TableHead>
            </tr>
          </thead>
          <tbody>
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
          </tbody>
        </Table>
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
    <TableRow className="hover:bg-transparent">
      <TableCell>
        {name}
        {self && <Badge className="ml-2">You</Badge>}
      </TableCell>
      <TableCell>
        <Select<Role>
          aria-label={`Role of ${name}`}
          disabled={!editable}
          value={member.role}
          options={roleOptions}
          onChange={(role) => onChange({ role })}
        />
      </TableCell>
      <TableCell>
        <Switch
          className="align-middle"
          aria-label={`${name} sees payloads`}
          disabled={!editable}
          checked={member.maySeePayloads}
          onCheckedChange={(maySeePayloads) => onChange({ maySeePayloads })}
        />
      </TableCell>
      <TableCell className="overflow-visible px-2">
        {editable && !self && <IconButton label={`Remove ${name}`} icon={<UserMinus />} onClick={onRemove} />}
      </TableCell>
    </TableRow>
  );
}
