import { StatusIcon } from "../../ui/status-icon.tsx";
import { stepStatusLook } from "../../ui/status.tsx";
import type { InstallStep } from "./install.ts";

export function InstallProgress({ steps }: { steps: readonly InstallStep[] }) {
  return (
    <ul className="divide-y divide-line rounded-card border border-line" aria-live="polite">
      {steps.map((step) => {
        const { tone, label } = stepStatusLook[step.status];
        return (
          <li key={step.id} className="flex items-start gap-2.5 px-3 py-2">
            <StatusIcon tone={tone} label={label} className="mt-0.5" />
            <div className="min-w-0">
              <div className={step.status === "pending" ? "text-muted" : ""}>{step.label}</div>
              {step.problem && <div className="text-sm break-words text-failed">{step.problem}</div>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
