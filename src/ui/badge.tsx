import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import type { Tone } from "./tone.ts";
import { toneSoft } from "./tone.ts";

interface BadgeProps {
  tone?: Tone | "neutral" | "accent";
  icon?: ReactNode;
  mono?: boolean;
  title?: string;
  className?: string;
  children: ReactNode;
}

/** A short fact in a box. */
export function Badge({ tone = "neutral", icon, mono = false, title, className, children }: BadgeProps) {
  const look =
    tone === "neutral"
      ? "bg-hover text-muted"
      : tone === "accent"
        ? "bg-accent-soft text-accent-ink"
        : toneSoft[tone];
  return (
    <span
      title={title}
      className={cx(
        "inline-flex h-5 max-w-full shrink-0 items-center gap-1 rounded-sm px-1.5 text-sm font-medium whitespace-nowrap tabular [&_svg]:size-3 [&_svg]:shrink-0",
        mono && "font-mono text-xs",
        look,
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}
