import { ContextMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";
import { MenuEntries } from "./menu-entries.tsx";
import type { MenuEntry } from "./menu-entry.ts";
import { floatClass } from "./menu-look.ts";

interface ContextMenuProps {
  /** One element that takes a ref. */
  children: ReactNode;
  entries: readonly MenuEntry[];
  onOpenChange?: (open: boolean) => void;
}

/** The same verbs as elsewhere, at the pointer. */
export function ContextMenu({ children, entries, onOpenChange }: ContextMenuProps) {
  return (
    <Radix.Root {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content collisionPadding={8} className={cx(floatClass, "p-1")}>
          <MenuEntries entries={entries} parts={Radix} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
