import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { MenuEntries } from "./menu-entries.tsx";
import type { MenuEntry } from "./menu-entry.ts";
import { floatClass } from "./menu-look.ts";

interface DropdownMenuProps {
  /** One element that takes a ref. */
  trigger: ReactNode;
  entries: readonly MenuEntry[];
  side?: "top" | "right" | "bottom" | "left";
  align?: "start" | "center" | "end";
  className?: string;
}

/** A list of verbs behind a button. */
export function DropdownMenu({
  trigger,
  entries,
  side = "bottom",
  align = "end",
  className,
}: DropdownMenuProps) {
  return (
    // Not modal: hiding the page from screen readers would leave its focusable parts behind a wall.
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cx(floatClass, "p-1", className)}
        >
          <MenuEntries entries={entries} parts={Radix} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
