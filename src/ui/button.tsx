import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";
import { Spinner } from "./spinner.tsx";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-accent-solid text-white hover:bg-accent-solid-hover",
  secondary: "bg-raised text-ink border border-line-strong hover:bg-hover active:bg-pressed",
  ghost: "text-muted hover:bg-hover hover:text-ink active:bg-pressed",
  danger: "bg-failed-solid text-white hover:brightness-110",
};

const sizes: Record<ButtonSize, string> = {
  sm: "h-6 px-2 text-sm gap-1",
  md: "h-7 px-2.5 text-base gap-1.5 touch:h-8",
  lg: "h-9 px-4 text-base gap-2",
};

/** The look of a button, for links that act like one. */
export function buttonClass(
  variant: ButtonVariant = "secondary",
  size: ButtonSize = "md",
  extra?: string,
): string {
  return cx(
    "inline-flex shrink-0 items-center justify-center rounded-control font-medium whitespace-nowrap select-none transition-colors duration-100",
    "disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-3.5 [&_svg]:shrink-0",
    sizes[size],
    variants[variant],
    extra,
  );
}

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: ReactNode;
  /** Shows that the action is under way and keeps it from starting twice. */
  busy?: boolean;
}

/** A verb. One primary per screen. */
export function Button({
  variant,
  size,
  icon,
  busy = false,
  className,
  children,
  disabled,
  type,
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type ?? "button"}
      className={buttonClass(variant, size, className)}
      disabled={disabled === true || busy}
      aria-busy={busy}
      {...rest}
    >
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}
