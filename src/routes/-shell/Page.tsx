import type { ReactNode } from "react";
import { cx } from "../../ui/cx.ts";
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
      <div className={cx("min-h-0 flex-1", fill ? "overflow-hidden" : "overflow-y-auto")}>{children}</div>
    </div>
  );
}
