import type { ReactNode } from "react";
import { useTitle } from "./use-title.ts";

interface PageProps {
  title: string;
  /** At the right of the title. */
  actions?: ReactNode;
  /** Between the title and the actions: filters, tabs. */
  toolbar?: ReactNode;
  /** Fills the height and scrolls inside; otherwise the page scrolls as one column. */
  fill?: boolean;
  children: ReactNode;
}

/** A page's head and body. */
export function Page({ title, actions, toolbar, fill = false, children }: PageProps) {
  useTitle(title);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex h-13 shrink-0 items-center gap-3 border-b border-line bg-panel px-4">
        <h1 className="text-xl font-semibold whitespace-nowrap">{title}</h1>
        <div className="flex min-w-0 flex-1 items-center gap-2">{toolbar}</div>
        {actions && <div className="flex shrink-0 items-center gap-2">{actions}</div>}
      </header>
      {fill ? (
        <div className="min-h-0 flex-1 overflow-hidden">{children}</div>
      ) : (
        // In the tab order, because a page of nothing but text could not be scrolled by keys otherwise.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2">
          {children}
        </div>
      )}
    </div>
  );
}
