import { Skeleton, SkeletonRows } from "../../ui/skeleton.tsx";

/** Stands in for a page whose code or data is on its way. */
export function PendingPage() {
  return (
    <div className="h-full bg-panel">
      <div className="flex h-13 items-center border-b border-line px-4">
        <Skeleton className="h-5 w-40" />
      </div>
      <SkeletonRows rows={6} />
    </div>
  );
}
