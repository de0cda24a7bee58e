import { cx } from "./cx.ts";

/** Holds the place of content in the content's own shape. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx("block h-4 animate-breathe rounded-sm bg-pressed", className)} />;
}

/** Rows of a list that is on its way. */
export function SkeletonRows({ rows = 6, className }: { rows?: number; className?: string }) {
  const widths = ["w-2/5", "w-1/3", "w-1/2", "w-1/4"];
  return (
    <output aria-label="Loading" className={cx("block divide-y divide-line", className)}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-11 items-center gap-4 px-4">
          <Skeleton className="size-4" />
          <Skeleton className={cx("h-3", widths[row % widths.length])} />
          <span className="flex-1" />
          <Skeleton className="h-3 w-16" />
        </div>
      ))}
    </output>
  );
}
