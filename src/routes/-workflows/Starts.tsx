// What starts a workflow, in its line of the list: by hand, at its next time, or when something else happens.
import { CalendarClock, Play, Webhook, Workflow, type LucideIcon } from "lucide-react";
import type { TriggerRow } from "../../data/triggers.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";

const icons = {
  "trigger-webhook": Webhook,
  "trigger-schedule": CalendarClock,
  "trigger-workflow": Workflow,
} satisfies Record<TriggerRow["kind"], LucideIcon>;

/** @param triggers null for a workflow that was never published, which nothing starts */
export function Starts({ triggers }: { triggers: readonly TriggerRow[] | null }) {
  if (triggers === null) return <span className="text-faint">–</span>;
  if (triggers.length === 0) return <Line icon={Play}>By hand</Line>;
  const [first, second] = triggers.toSorted((a, b) => Number(b.enabled) - Number(a.enabled));
  const more = triggers.length - 2;
  return (
    <div className="flex flex-col gap-0.5">
      {first && <Trigger trigger={first} />}
      {second && more <= 0 && <Trigger trigger={second} />}
      {more > 0 && <span className="pl-5 text-sm text-faint">and {more + 1} more</span>}
    </div>
  );
}

function Trigger({ trigger }: { trigger: TriggerRow }) {
  const { kind, enabled, nextAt, config } = trigger;
  return (
    <Line icon={icons[kind]} off={!enabled}>
      {kind === "trigger-webhook" && "Webhook"}
      {kind === "trigger-workflow" && `After ${String(config.workflow)}`}
      {kind === "trigger-schedule" && (nextAt === null || !enabled ? "Schedule" : <Next at={nextAt} />)}
      {!enabled && ", off"}
    </Line>
  );
}

function Next({ at }: { at: string }) {
  return (
    <>
      Next <RelativeTime at={at} />
    </>
  );
}

function Line({
  icon: Icon,
  off = false,
  children,
}: {
  icon: LucideIcon;
  off?: boolean;
  children: React.ReactNode;
}) {
  return (
    <span
      className={off ? "flex min-w-0 items-center gap-1.5 text-faint" : "flex min-w-0 items-center gap-1.5"}
    >
      <Icon aria-hidden className="size-3.5 shrink-0 text-muted" />
      <span className="truncate">{children}</span>
    </span>
  );
}
