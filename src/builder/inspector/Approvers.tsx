// Who may decide: roles of the workspace, people by name, and how many must agree.
import { z } from "zod";
import { useMembers } from "../../data/workspaces.ts";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Input } from "../../ui/input.tsx";
import { useBuilderValue } from "../builder-context.tsx";
import type { WidgetProps } from "./widgets.tsx";

const roles = ["owner", "editor", "operator", "viewer"] as const;
const Value = z.object({
  roles: z.array(z.string()).default(["operator"]),
  users: z.array(z.string()).default([]),
  quorum: z.number().default(1),
});

export function Approvers({ value, onChange, path }: WidgetProps) {
  const { workspace } = useBuilderValue();
  const members = useMembers(workspace.id);
  const parsed = Value.safeParse(value ?? {});
  const chosen = parsed.success ? parsed.data : { roles: ["operator"], users: [], quorum: 1 };
  const toggle = (list: string[], entry: string) =>
    list.includes(entry) ? list.filter((other) => other !== entry) : [...list, entry];
  return (
    <div className="flex flex-col gap-2" data-path={path}>
      <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
        <legend className="sr-only">Roles</legend>
        {roles.map((role) => (
          <label key={role} className="flex items-center gap-1.5">
            <Checkbox
              checked={chosen.roles.includes(role)}
              onCheckedChange={() => onChange({ ...chosen, roles: toggle(chosen.roles, role) })}
            />
            {role}
          </label>
        ))}
      </fieldset>
      {(members.data ?? []).length > 0 && (
        <fieldset className="flex flex-col gap-1">
          <legend className="mb-1 text-sm text-muted">People</legend>
          {members.data?.map((member) => (
            <label key={member.userId} className="flex min-w-0 items-center gap-1.5">
              <Checkbox
                checked={chosen.users.includes(member.userId)}
                onCheckedChange={() => onChange({ ...chosen, users: toggle(chosen.users, member.userId) })}
              />
              <span className="truncate">{member.displayName || member.email || member.userId}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div className="flex items-center gap-2">
        <span aria-hidden className="text-sm text-muted">
          Must agree
        </span>
        <Input
          aria-label="How many must agree"
          type="number"
          min={1}
          className="w-16"
          value={chosen.quorum}
          onChange={(event) => onChange({ ...chosen, quorum: Math.max(1, event.target.valueAsNumber || 1) })}
        />
      </div>
    </div>
  );
}
