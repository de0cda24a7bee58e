import type { EngineStatus } from "../../data/engine-status.ts";
import { RelativeTime } from "../../ui/relative-time.tsx";

/** What a wait of each kind ends with. */
const words: Record<string, string> = {
  retry: "The next try of a step",
  timer: "A timer",
  approval: "An approval",
  form: "A form to be filled in",
  signal: "A signal, or another run",
  limit: "A limit or a pause to end, or a failing host to answer",
  budget: "A budget top-up",
  reconcile: "A decision whether something happened",
  lane: "A free slot in its lane",
};

export function WaitList({ waits }: { waits: EngineStatus["waits"] }) {
  if (waits.length === 0)
    return (
      <p className="rounded-card border border-line bg-raised px-4 py-6 text-center text-muted">
        No run waits for anything.
      </p>
    );
  return (
    <ul className="divide-y divide-line rounded-card border border-line bg-raised">
      {waits.map(({ kind, n, oldestAt }) => (
        <li key={kind} className="flex h-11 items-center gap-3 px-4">
          <span className="min-w-0 flex-1 truncate">{words[kind] ?? kind}</span>
          <span className="text-sm text-muted">
            oldest started <RelativeTime at={oldestAt} />
          </span>
          <b className="w-16 text-right font-semibold tabular">{n.toLocaleString("en")}</b>
        </li>
      ))}
    </ul>
  );
}
