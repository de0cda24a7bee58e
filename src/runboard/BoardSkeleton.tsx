import { Skeleton } from "../ui/skeleton.tsx";

/** The board's shape while it is read. */
export function BoardSkeleton() {
  return (
    <output aria-label="Loading the board" className="flex h-full min-h-0 flex-col">
      <div className="flex h-[52px] shrink-0 items-center gap-3 px-4">
        <Skeleton className="h-5 w-16" />
        <Skeleton className="h-7 w-36" />
        <Skeleton className="h-7 w-52" />
      </div>
      <div className="flex min-h-0 flex-1 gap-3 px-4 pb-4">
        {[3, 2, 1, 0].map((cards, column) => (
          <div key={column} className="min-w-64 flex-1 rounded-card border border-line bg-panel p-2">
            <Skeleton className="mx-1 mt-1 mb-3 h-4 w-24" />
            {Array.from({ length: cards }, (_, card) => (
              <Skeleton key={card} className="mb-2 h-[98px] rounded-card" />
            ))}
          </div>
        ))}
      </div>
    </output>
  );
}
