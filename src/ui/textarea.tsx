import type { ComponentProps } from "react";
import { cx } from "./cx.ts";
import { controlClass } from "./input.tsx";

/** Several lines of text; grows with its content up to `max-h`. */
export function Textarea({
  className,
  mono = false,
  ...rest
}: ComponentProps<"textarea"> & { mono?: boolean }) {
  return (
    <textarea
      rows={3}
      className={cx(
        controlClass,
        "field-sizing-content max-h-80 min-h-16 resize-y py-1.5",
        mono && "font-mono text-sm",
        className,
      )}
      {...rest}
    />
  );
}
