// Chosen cards: one verb for all of them.
import { ListChecks, RotateCcw, X } from "lucide-react";
import { Button } from "../ui/button.tsx";

interface BulkBarProps {
  count: number;
  retryable: number;
  cancellable: number;
  onRetry: () => void;
  onCancel: () => void;
  /** With choices: mode, version, canary, move. */
  onChoose: () => void;
  onClear: () => void;
}

export function BulkBar({
  count,
  retryable,
  cancellable,
  onRetry,
  onCancel,
  onChoose,
  onClear,
}: BulkBarProps) {
  if (count === 0) return null;
  return (
    <section
      aria-label="Selected runs"
      className="flex animate-enter items-center gap-2 rounded-card border border-line bg-raised py-2 pr-2 pl-4 shadow-float"
    >
      <p className="tabular">{count} selected</p>
      <Button variant="primary" icon={<RotateCcw />} disabled={retryable === 0} onClick={onRetry}>
        Retry {retryable > 0 && retryable}
      </Button>
      <Button icon={<X />} disabled={cancellable === 0} onClick={onCancel}>
        Cancel {cancellable > 0 && cancellable}
      </Button>
      <Button icon={<ListChecks />} onClick={onChoose}>
        More…
      </Button>
      <Button variant="ghost" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
