import { Check, Minus } from "lucide-react";
import { Checkbox as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

/** Chosen, not chosen, or partly. Give it an id from a Field, or an `aria-label`. */
export function Checkbox({ className, ...rest }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      className={cx(
        "inline-flex size-4 shrink-0 items-center justify-center rounded-sm border border-control bg-raised text-white",
        "data-[state=checked]:border-accent-solid data-[state=checked]:bg-accent-solid",
        "data-[state=indeterminate]:border-accent-solid data-[state=indeterminate]:bg-accent-solid disabled:opacity-50",
        className,
      )}
      {...rest}
    >
      <Radix.Indicator>
        {rest.checked === "indeterminate" ? (
          <Minus className="size-3" strokeWidth={3} />
        ) : (
          <Check className="size-3" strokeWidth={3} />
        )}
      </Radix.Indicator>
    </Radix.Root>
  );
}
