import type { ReactNode } from "react";

/** A titled row of specimens. */
export function Shelf({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-b border-line px-5 py-4">
      <h2 className="mb-3 text-sm font-medium text-muted">{title}</h2>
      <div className="flex flex-wrap items-start gap-x-6 gap-y-6">{children}</div>
    </section>
  );
}
