import type { ApprovalRow } from "../../data/approvals.ts";
import { cx } from "../../ui/cx.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { StatusIcon } from "../../ui/status-icon.tsx";
import { approvalLook } from "./approval-look.ts";

interface ApprovalListProps {
  rows: readonly ApprovalRow[];
  current: string;
  onChoose: (id: string) => void;
}

export function ApprovalList({ rows, current, onChoose }: ApprovalListProps) {
  return (
    <ul aria-label="Approvals" className="overflow-y-auto border-r border-line">
      {rows.map((row) => {
        const { tone, shape, label } = approvalLook[row.status];
        const chosen = row.id === current;
        return (
          <li key={row.id} className="border-b border-line">
            <button
              type="button"
              aria-current={chosen ? "true" : undefined}
              onClick={() => onChoose(row.id)}
              className={cx(
                "flex w-full items-start gap-2.5 px-4 py-2.5 text-left focus-visible:-outline-offset-2",
                chosen ? "bg-pressed" : "hover:bg-hover",
              )}
            >
              <StatusIcon tone={tone} shape={shape} label={label} className="mt-0.5" />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{row.title}</span>
                <span className="block truncate text-sm text-muted">{row.runs?.title ?? row.stepKey}</span>
              </span>
              <RelativeTime at={row.decidedAt ?? row.openedAt} className="text-sm text-muted" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
