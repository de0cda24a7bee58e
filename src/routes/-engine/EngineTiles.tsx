import type { EngineStatus } from "../../data/engine-status.ts";
import { useNow } from "../../ui/clock.ts";
import { cx } from "../../ui/cx.ts";
import { formatDuration, formatElapsed } from "../../ui/time-format.ts";

/** A step that could start and does not for so long deserves a look. */
const lateMs = 30_000;

interface TileProps {
  label: string;
  value: string;
  note: string;
  /** Something is wrong with it. */
  alarming?: boolean;
}

function Tile({ label, value, note, alarming = false }: TileProps) {
  return (
    <div className="min-w-0 bg-raised px-4 py-3 max-sm:last:col-span-2">
      <dt className="truncate text-sm text-muted">{label}</dt>
      <dd className={cx("mt-0.5 text-xl font-semibold tabular", alarming && "text-failed")}>{value}</dd>
      <dd className={cx("text-sm lg:truncate", alarming ? "text-failed" : "text-faint")} title={note}>
        {note}
      </dd>
    </div>
  );
}

function countOf(status: EngineStatus, wanted: string): number {
  return status.lanes.filter((lane) => lane.status === wanted).reduce((sum, lane) => sum + lane.n, 0);
}

/** @param lag milliseconds; null while no event has arrived */
export function EngineTiles({ status, lag }: { status: EngineStatus; lag: number | null }) {
  const now = useNow(1_000);
  const { workers, ready } = status;
  const oldestMs = ready.oldestAt === null ? 0 : now - Date.parse(ready.oldestAt);
  const queued = countOf(status, "queued");
  const nobody = workers === 0 && ready.n > 0;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line sm:grid-cols-5">
      <Tile
        label="Workers"
        value={String(workers)}
        note={nobody ? "steps wait for one" : workers === 1 ? "is alive" : "are alive"}
        alarming={nobody}
      />
      <Tile
        label="Ready to start"
        value={ready.n.toLocaleString("en")}
        note={ready.n === 1 ? "step" : "steps"}
      />
      <Tile
        label="Oldest of them"
        value={ready.n === 0 ? "–" : formatElapsed(oldestMs)}
        note={ready.n === 0 ? "nothing is kept waiting" : "since it could start"}
        alarming={oldestMs > lateMs}
      />
      <Tile
        label="Runs under way"
        value={countOf(status, "running").toLocaleString("en")}
        note={`${queued.toLocaleString("en")} queued, ${countOf(status, "waiting").toLocaleString("en")} waiting`}
      />
      <Tile
        label="Event lag"
        value={lag === null ? "–" : formatDuration(lag)}
        note={lag === null ? "none seen yet" : "written to seen here"}
        alarming={lag !== null && lag > 5_000}
      />
    </dl>
  );
}
