import type { Approval } from "../../core/run.ts";
import type { WaitingShape } from "../../ui/status-icon.tsx";
import type { Tone } from "../../ui/tone.ts";

export const approvalLook: Record<Approval["status"], { label: string; tone: Tone; shape?: WaitingShape }> = {
  open: { label: "Open", tone: "waiting", shape: "hand" },
  approved: { label: "Approved", tone: "succeeded" },
  submitted: { label: "Submitted", tone: "succeeded" },
  rejected: { label: "Rejected", tone: "failed" },
  expired: { label: "Expired", tone: "failed" },
  cancelled: { label: "Cancelled", tone: "cancelled" },
};
