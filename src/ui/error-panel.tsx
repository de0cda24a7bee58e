import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { CodeBlock } from "./code-block.tsx";
import { cx } from "./cx.ts";
import { StatusIcon } from "./status-icon.tsx";
import type { Tone } from "./tone.ts";

interface ErrorPanelProps {
  /** What happened. */
  title: string;
  why?: ReactNode;
  /** What the person can do. */
  next?: ReactNode;
  /** Stable and greppable, e.g. `http_5xx`. */
  code?: string | undefined;
  /** Raw text, folded away. */
  detail?: string | undefined;
  tone?: Extract<Tone, "failed" | "waiting" | "cancelled">;
  actions?: ReactNode;
  className?: string;
}

const frames = {
  failed: "border-failed/40 bg-failed-soft/50",
  waiting: "border-waiting/40 bg-waiting-soft/50",
  cancelled: "border-line-strong bg-inset",
};

/** A failure as readable text: what happened, why, what to do next; the raw detail below. */
export function ErrorPanel({
  title,
  why,
  next,
  code,
  detail,
  tone = "failed",
  actions,
  className,
}: ErrorPanelProps) {
  return (
    <section role="alert" className={cx("rounded-card border p-3", frames[tone], className)}>
      <div className="flex items-start gap-2">
        <StatusIcon tone={tone} className="mt-0.5" />
        <div className="min-w-0 flex-1">
          <h3 className="font-semibold break-words text-ink">
            {title}
            {code && <code className="ml-2 font-mono text-xs font-normal text-muted">{code}</code>}
          </h3>
          {why && <div className="mt-0.5 break-words text-ink">{why}</div>}
          {next && <div className="mt-1.5 break-words text-muted">{next}</div>}
          {actions && <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
          {detail && (
            <details className="group mt-2.5">
              <summary className="flex w-fit cursor-pointer list-none items-center gap-1 rounded-sm text-sm text-muted hover:text-ink">
                <ChevronRight className="size-3 transition-transform group-open:rotate-90" aria-hidden />
                Raw detail
              </summary>
              <CodeBlock text={detail} className="mt-1.5" maxHeight={240} />
            </details>
          )}
        </div>
      </div>
    </section>
  );
}
