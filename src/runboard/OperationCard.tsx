// How far a verb on many runs is, with a way to stop it and to what it set aside.
import { CircleCheck, CircleSlash, OctagonX, X } from "lucide-react";
import type { OperationRow } from "../data/operations.ts";
import { Button } from "../ui/button.tsx";
import { cx } from "../ui/cx.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Spinner } from "../ui/spinner.tsx";
import { verbWords } from "./bulk-filter.ts";

interface OperationCardProps {
  operation: OperationRow;
  onAbort: () => void;
  onDismiss: () => void;
  /** Shows the runs it did not do. */
  onLook: () => void;
}

const icons = {
  running: <Spinner className="size-4 text-accent" />,
  done: <CircleCheck aria-hidden className="size-4 text-succeeded" />,
  stopped: <OctagonX aria-hidden className="size-4 text-failed" />,
  aborted: <CircleSlash aria-hidden className="size-4 text-muted" />,
};

const stages = ["one run first", "then 5 %", "all the rest"];

/** One line that says what it does, or how it ended. */
export function operationWords({ verb, status, total, done, canary, stage }: OperationRow): string {
  const { doing, done: did } = verbWords[verb];
  const runs = `${total} ${total === 1 ? "run" : "runs"}`;
  if (status === "running") {
    const where = canary === null ? "" : `, ${stages[stage - 1] ?? "all the rest"}`;
    return `${doing} ${done} of ${runs}${where}`;
  }
  const end = status === "done" ? "" : status === "stopped" ? ", then stopped" : ", then aborted";
  return `${did} ${done} of ${runs}${end}`;
}

function Bar({ operation: { total, done, setAside, failed } }: { operation: OperationRow }) {
  const parts = [
    { key: "done", count: done, colour: "bg-succeeded" },
    { key: "aside", count: setAside, colour: "bg-waiting" },
    { key: "refused", count: failed, colour: "bg-failed" },
  ];
  return (
    <span aria-hidden className="flex h-1.5 gap-px overflow-hidden rounded-full bg-pressed">
      {parts.map(({ key, count, colour }) => (
        <span
          key={key}
          className={cx("transition-[width] duration-150", colour)}
          style={{ width: `${(count / Math.max(1, total)) * 100}%` }}
        />
      ))}
    </span>
  );
}

export function OperationCard({ operation, onAbort, onDismiss, onLook }: OperationCardProps) {
  const { status, reason, setAside, failed } = operation;
  const refused = [
    ...(setAside > 0 ? [`${setAside} need${setAside === 1 ? "s" : ""} you`] : []),
    ...(failed > 0 ? [`${failed} refused`] : []),
  ].join(", ");
  return (
    <section
      aria-label="Operation"
      className="flex w-[560px] max-w-full animate-enter items-center gap-3 rounded-card border border-line bg-raised py-2 pr-2 pl-3 shadow-float"
    >
      {icons[status]}
      <div className="min-w-0 flex-1 space-y-1.5">
        <output className="block truncate font-medium tabular">{operationWords(operation)}</output>
        <Bar operation={operation} />
        {reason && (
          <p className="text-sm text-failed" title={reason}>
            {reason}
          </p>
        )}
      </div>
      {refused !== "" && (
        <Button size="sm" onClick={onLook}>
          {refused}
        </Button>
      )}
      {status === "running" ? (
        <Button size="sm" onClick={onAbort}>
          Abort
        </Button>
      ) : (
        <IconButton label="Dismiss" icon={<X />} onClick={onDismiss} />
      )}
    </section>
  );
}
