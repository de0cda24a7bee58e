import type { ComponentProps, ReactNode } from "react";
import { buttonClass, type ButtonVariant } from "./button.tsx";
import { cx } from "./cx.ts";
import { Tooltip } from "./tooltip.tsx";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children" | "aria-label"> {
  /** The verb; read by screen readers and shown on hover. */
  label: string;
  icon: ReactNode;
  shortcut?: string;
  variant?: ButtonVariant;
  size?: "sm" | "md";
  side?: "top" | "right" | "bottom" | "left";
}

/** A square button with a picture. The label is not optional. */
export function IconButton({
  label,
  icon,
  shortcut,
  variant = "ghost",
  size = "md",
  side,
  className,
  type,
  ...rest
}: IconButtonProps) {
  const square = size === "sm" ? "size-6 px-0" : "size-7 px-0 touch:size-8 [&_svg]:size-4";
  return (
    <Tooltip content={label} shortcut={shortcut} side={side ?? "top"}>
      <button
        type={type ?? "button"}
        aria-label={label}
        className={cx(buttonClass(variant, size), square, className)}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  );
}
