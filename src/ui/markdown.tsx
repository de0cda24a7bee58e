// Markdown from people, models and tools, drawn inertly: no pictures are loaded and nothing can be clicked.
import { lazy, Suspense } from "react";
import { cx } from "./cx.ts";
import { Skeleton } from "./skeleton.tsx";

const Body = lazy(() => import("./markdown-body.tsx").then((module) => ({ default: module.MarkdownBody })));

export function Markdown({ text, className }: { text: string; className?: string }) {
  return (
    <div className={cx("min-w-0 space-y-2 break-words text-base", className)}>
      <Suspense fallback={<Skeleton className="h-16" />}>
        <Body text={text} />
      </Suspense>
    </div>
  );
}
