import type { ReactNode } from "react";
import { useTitle } from "../-shell/use-title.ts";
import { Logo } from "../-shell/Logo.tsx";

/** The frame of the pages one sees before one is in. */
export function EntryFrame({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}) {
  useTitle(title);
  return (
    <main className="flex min-h-full items-center justify-center p-6">
      <div className="w-full max-w-[400px]">
        <div className="mb-6 flex items-center gap-2.5">
          <Logo className="size-7" />
          <span className="text-lg font-semibold">Runboard</span>
        </div>
        <div className="rounded-card border border-line bg-raised p-6">
          <h1 className="text-xl font-semibold">{title}</h1>
          {lead && <p className="mt-1 text-muted">{lead}</p>}
          <div className="mt-5">{children}</div>
        </div>
      </div>
    </main>
  );
}
