import { Switch as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

/** On or off, at once. Give it an id from a Field, or an `aria-label`. */
export function Switch({ className, ...rest }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cx(
        "inline-flex h-4 w-7 shrink-0 items-center rounded-full border border-control bg-inset p-px transition-colors duration-100",
        "data-[state=checked]:border-accent-solid data-[state=checked]:bg-accent-solid disabled:opacity-50",
        className,
      )}
      {...rest}
    >
      <Radix.Thumb className="size-3 rounded-full bg-control transition-transform duration-100 data-[state=checked]:translate-x-3 data-[state=checked]:bg-white" />
    </Radix.Root>
  );
}
