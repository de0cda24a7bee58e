import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import type { ControlProps } from "./field.tsx";
import { controlClass } from "./input.tsx";
import { floatClass, itemClass } from "./menu-look.ts";

export interface SelectOption<V extends string> {
  value: V;
  label: string;
  /** A second line, muted. */
  hint?: string;
  icon?: ReactNode;
  disabled?: boolean;
}

interface SelectProps<V extends string> extends Partial<ControlProps> {
  /** "" means nothing is chosen yet. */
  value: V | "";
  onChange: (value: V) => void;
  options: readonly SelectOption<V>[];
  placeholder?: string;
  disabled?: boolean;
  "aria-label"?: string;
  className?: string;
}

/** Picks one of few. For many, or for search, use a popover with a command list. */
export function Select<V extends string>({
  value,
  onChange,
  options,
  placeholder,
  disabled,
  className,
  ...control
}: SelectProps<V>) {
  const chosen = options.find((option) => option.value === value);
  const pick = (next: string) => {
    const option = options.find((candidate) => candidate.value === next);
    if (option) onChange(option.value);
  };
  return (
    <Radix.Root value={value} onValueChange={pick} {...(disabled === undefined ? {} : { disabled })}>
      <Radix.Trigger
        {...control}
        className={cx(
          controlClass,
          "flex h-7 items-center justify-between gap-2 text-left data-placeholder:text-faint touch:h-8",
          className,
        )}
      >
        <span className="flex min-w-0 items-center gap-2 [&_svg]:size-3.5 [&_svg]:shrink-0">
          {chosen?.icon}
          <span className="truncate">
            <Radix.Value placeholder={placeholder ?? "Choose…"}>{chosen?.label}</Radix.Value>
          </span>
        </span>
        <ChevronDown className="size-3.5 shrink-0 text-faint" aria-hidden />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className={cx(floatClass, "min-w-(--radix-select-trigger-width)")}
        >
          <Radix.Viewport className="max-h-80 p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                {...(option.disabled === undefined ? {} : { disabled: option.disabled })}
                className={cx(itemClass, "pr-7")}
              >
                {option.icon}
                <span className="flex min-w-0 flex-col">
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.hint && <span className="text-sm text-muted">{option.hint}</span>}
                </span>
                <Radix.ItemIndicator className="absolute right-2">
                  <Check className="size-3.5" aria-hidden />
                </Radix.ItemIndicator>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
