// Many chosen cards: one verb for all of them, one after the other, with progress and a way to stop.
import { RotateCcw, Square, X } from "lucide-react";
import { Button } from "../ui/button.tsx";

export interface BulkProgress {
  verb: "Retry" | "Cancel";
  done: number;
  failed: number;
  total: number;
  /** Why the last one was refused. */
  refusal: string | null;
  running: boolean;
}

interface BulkBarProps {
  count: number;
  retryable: number;
  cancellable: number;
  progress: BulkProgress | null;
  onRetry: () => void;
  onCancel: () => void;
  onStop: () => void;
  onClear: () => void;
}

function progressWords({ verb, done, failed, total, refusal, running }: BulkProgress): string {
  const head = running ? `${verb}: ${done} of ${total}` : `${verb}: ${done - failed} of ${total} done`;
  return failed > 0 ? `${head}, ${failed} refused. ${refusal ?? ""}` : head;
}

export function BulkBar({
  count,
  retryable,
  cancellable,
  progress,
  onRetry,
  onCancel,
  onStop,
  onClear,
}: BulkBarProps) {
  if (count === 0 && !progress) return null;
  return (
    <section
      aria-label="Selected runs"
      className="absolute bottom-4 left-1/2 z-20 flex max-w-[90%] -translate-x-1/2 animate-enter items-center gap-2 rounded-card border border-line bg-raised py-2 pr-2 pl-4 shadow-float"
    >
      {progress ? (
        <>
          <output className="max-w-md truncate tabular" title={progress.refusal ?? undefined}>
            {progressWords(progress)}
          </output>
          <span className="h-1.5 w-28 overflow-hidden rounded-full bg-pressed">
            <span
              className="block h-full rounded-full bg-accent transition-[width] duration-150"
              style={{ width: `${(progress.done / Math.max(1, progress.total)) * 100}%` }}
            />
          </span>
          {progress.running ? (
            <Button icon={<Square />} onClick={onStop}>
              Stop
            </Button>
          ) : (
            <Button onClick={onClear}>Done</Button>
          )}
        </>
      ) : (
        <>
          <p className="tabular">{count} selected</p>
          <Button variant="primary" icon={<RotateCcw />} disabled={retryable === 0} onClick={onRetry}>
            Retry {retryable > 0 && retryable}
          </Button>
          <Button icon={<X />} disabled={cancellable === 0} onClick={onCancel}>
            Cancel {cancellable > 0 && cancellable}
          </Button>
          <Button variant="ghost" onClick={onClear}>
            Clear
          </Button>
        </>
      )}
    </section>
  );
}
