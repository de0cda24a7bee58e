import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

export interface Segment<V extends string> {
  value: V;
  label: string;
  icon?: ReactNode;
  /** Shows the icon only; the label is still read out. */
  iconOnly?: boolean;
}

interface SegmentedControlProps<V extends string> {
  value: V;
  onChange: (value: V) => void;
  segments: readonly Segment<V>[];
  label: string;
  className?: string;
}

/** One of two to four, all in sight. */
export function SegmentedControl<V extends string>({
  value,
  onChange,
  segments,
  label,
  className,
}: SegmentedControlProps<V>) {
  const pick = (next: string) => {
    const segment = segments.find((candidate) => candidate.value === next);
    if (segment) onChange(segment.value);
  };
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      onValueChange={pick}
      aria-label={label}
      className={cx("inline-flex h-7 shrink-0 gap-0.5 rounded-control bg-pressed p-0.5 touch:h-8", className)}
    >
      {segments.map((segment) => (
        <ToggleGroup.Item
          key={segment.value}
          value={segment.value}
          aria-label={segment.label}
          title={segment.iconOnly ? segment.label : undefined}
          className="inline-flex items-center justify-center gap-1.5 rounded-sm px-2 text-sm font-medium whitespace-nowrap text-muted hover:text-ink data-[state=on]:bg-raised data-[state=on]:text-ink dark:data-[state=on]:bg-line-strong [&_svg]:size-3.5"
        >
          {segment.icon}
          {segment.iconOnly ? null : segment.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
