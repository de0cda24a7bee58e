import type { ComponentProps, ReactNode } from "react";
import { cx } from "./cx.ts";

/** The look shared by everything one types into. */
export const controlClass =
  "w-full rounded-control border border-control/60 bg-raised px-2 text-base text-ink transition-colors duration-100 " +
  "hover:border-control focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 " +
  "disabled:cursor-not-allowed disabled:bg-inset disabled:text-faint aria-invalid:border-failed aria-invalid:outline-failed";

export interface InputProps extends ComponentProps<"input"> {
  /** Shown inside at the left. */
  icon?: ReactNode;
  mono?: boolean;
}

/** One line of text. */
export function Input({ icon, mono = false, className, ...rest }: InputProps) {
  const field = (
    <input
      className={cx(controlClass, "h-7 touch:h-8", mono && "font-mono text-sm", icon && "pl-7", className)}
      {...rest}
    />
  );
  if (!icon) return field;
  return (
    <div className="relative w-full">
      <span className="pointer-events-none absolute inset-y-0 left-2 flex items-center text-faint [&_svg]:size-3.5">
        {icon}
      </span>
      {field}
    </div>
  );
}
