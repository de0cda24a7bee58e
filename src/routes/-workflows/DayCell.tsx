import type { Ends } from "../../data/rollups.ts";
import { toneSolid } from "../../ui/tone.ts";

const parts = ["succeeded", "cancelled", "failed"] as const;

/** How a workflow's runs ended in the last day: how many, and in which shares. */
export function DayCell({ ends }: { ends: Ends | undefined }) {
  const total = ends ? ends.succeeded + ends.failed + ends.cancelled : 0;
  if (!ends || total === 0) return <span className="text-faint">–</span>;
  const words = `${ends.succeeded} succeeded, ${ends.failed} failed, ${ends.cancelled} cancelled`;
  return (
    <span className="flex items-center gap-2" title={`${words} in the last 24 hours`}>
      <span className="w-8 text-right tabular">{total.toLocaleString("en")}</span>
      <span className="sr-only">{words}</span>
      <span aria-hidden className="flex h-1.5 min-w-0 flex-1 gap-px overflow-hidden rounded-full bg-inset">
        {parts.map(
          (part) =>
            ends[part] > 0 && (
              <span key={part} className={toneSolid[part]} style={{ flexGrow: ends[part], minWidth: 3 }} />
            ),
        )}
      </span>
    </span>
  );
}
