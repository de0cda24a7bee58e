import type { ReactNode } from "react";
import { cx } from "./cx.ts";

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  /** What would stand here and how to get it. */
  children: ReactNode;
  actions?: ReactNode;
  className?: string;
}

/** Teaches what belongs here. */
export function EmptyState({ icon, title, children, actions, className }: EmptyStateProps) {
  return (
    <div className={cx("mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center", className)}>
      <span className="mb-4 inline-flex size-10 items-center justify-center rounded-card border border-line bg-raised text-muted [&_svg]:size-5">
        {icon}
      </span>
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mt-1 text-base text-balance text-muted">{children}</div>
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
