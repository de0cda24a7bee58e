// What lately happened to a trigger: each delivery, slot or ended run, and what it started.
import { useFirings, type FiringRow, type TriggerRow } from "../../data/triggers.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";
import { StatusIcon } from "../../ui/status-icon.tsx";
import type { Tone } from "../../ui/tone.ts";
import { useBuilderValue } from "../builder-context.tsx";

const titles = {
  "trigger-webhook": "Last deliveries",
  "trigger-schedule": "Last times",
  "trigger-workflow": "Last runs it followed",
} satisfies Record<TriggerRow["kind"], string>;

const looks = {
  pending: { label: "Starting", tone: "queued" },
  held: { label: "Waiting for the last run to end", tone: "waiting" },
  fired: { label: "Started a run", tone: "succeeded" },
  skipped: { label: "Left out: the last run was still going", tone: "skipped" },
  failed: { label: "Started nothing", tone: "failed" },
} satisfies Record<FiringRow["status"], { label: string; tone: Tone }>;

export function LastFirings({ trigger }: { trigger: TriggerRow }) {
  const firings = useFirings(trigger.id);
  if (!firings.data) return null;
  return (
    <div>
      <h2 className="mb-1 text-sm font-medium">{titles[trigger.kind]}</h2>
      {firings.data.length === 0 ? (
        <p className="text-sm text-faint">Nothing yet.</p>
      ) : (
        <ul aria-label={titles[trigger.kind]} className="flex flex-col gap-1">
          {firings.data.map((firing) => (
            <Firing key={firing.id} firing={firing} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Firing({ firing }: { firing: FiringRow }) {
  const { onOpenRun } = useBuilderValue();
  const { label, tone } = looks[firing.status];
  const { runId } = firing;
  return (
    <li className="flex items-start gap-2">
      <StatusIcon tone={tone} className="mt-0.5 shrink-0" />
      <span className="min-w-0 flex-1">
        {runId === null ? (
          <span>{label}</span>
        ) : (
          <button type="button" className="hover:underline" onClick={() => onOpenRun(runId)}>
            {label}
          </button>
        )}
        {firing.error && <span className="block text-sm text-failed">{firing.error.message}</span>}
      </span>
      <RelativeTime at={firing.slotAt ?? firing.createdAt} className="shrink-0 text-sm text-muted" />
    </li>
  );
}
