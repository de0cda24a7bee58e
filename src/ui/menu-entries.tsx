// Draws menu entries with either of Radix's two menus, whose parts have the same props.
import { Check, ChevronRight } from "lucide-react";
import type { DropdownMenu } from "radix-ui";
import { cx } from "./cx.ts";
import { Kbd } from "./kbd.tsx";
import type { MenuEntry } from "./menu-entry.ts";
import { dangerItemClass, floatClass, itemClass } from "./menu-look.ts";

type MenuParts = Pick<
  typeof DropdownMenu,
  "Item" | "Separator" | "Label" | "Sub" | "SubTrigger" | "SubContent" | "Portal"
>;

export function MenuEntries({ entries, parts }: { entries: readonly MenuEntry[]; parts: MenuParts }) {
  return entries.map((entry, index) => <Entry key={entryKey(entry, index)} entry={entry} parts={parts} />);
}

function entryKey(entry: MenuEntry, index: number): string {
  if (entry === "separator") return `separator-${index}`;
  return "heading" in entry ? `heading-${entry.heading}` : `${index}-${entry.label}`;
}

function Entry({ entry, parts: Menu }: { entry: MenuEntry; parts: MenuParts }) {
  if (entry === "separator") return <Menu.Separator className="-mx-1 my-1 h-px bg-line" />;
  if ("heading" in entry)
    return <Menu.Label className="px-2 py-1 text-sm text-faint">{entry.heading}</Menu.Label>;
  if ("entries" in entry) {
    return (
      <Menu.Sub>
        <Menu.SubTrigger className={itemClass}>
          {entry.icon}
          <span className="flex-1">{entry.label}</span>
          <ChevronRight aria-hidden />
        </Menu.SubTrigger>
        <Menu.Portal>
          <Menu.SubContent sideOffset={2} collisionPadding={8} className={cx(floatClass, "p-1")}>
            <MenuEntries entries={entry.entries} parts={Menu} />
          </Menu.SubContent>
        </Menu.Portal>
      </Menu.Sub>
    );
  }
  return (
    <Menu.Item
      className={cx(itemClass, entry.danger === true && dangerItemClass)}
      disabled={entry.disabled === true}
      onSelect={entry.onSelect}
    >
      {entry.icon}
      <span className="flex-1 truncate">{entry.label}</span>
      {entry.shortcut && <Kbd keys={entry.shortcut} />}
      {entry.checked === true && <Check aria-label="current" />}
    </Menu.Item>
  );
}
