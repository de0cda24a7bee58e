// The context menu of the canvas: the commands that make sense for what is selected.
import type { MenuEntry } from "../../ui/menu-entry.ts";
import { firstShortcut, type CommandContext } from "../command.ts";
import { commandOf } from "../commands.ts";

const forNodes = [
  "rename",
  "duplicate",
  "copy",
  "disable",
  "-",
  "select-downstream",
  "select-upstream",
  "-",
  "delete",
  "delete-reconnect",
];
const forMany = ["duplicate", "copy", "disable", "tidy", "-", "Align", "-", "delete", "delete-reconnect"];
const forWire = ["delete"];
const forNothing = [
  "add",
  "paste",
  "select-all",
  "-",
  "tidy",
  "fit",
  "minimap",
  "-",
  "run",
  "publish",
  "import",
];
const aligning = [
  "align-left",
  "align-centre",
  "align-right",
  "align-top",
  "align-middle",
  "align-bottom",
  "distribute-x",
  "distribute-y",
];

function entryOf(id: string, context: () => CommandContext): MenuEntry {
  if (id === "-") return "separator";
  if (id === "Align") return { label: "Align", entries: aligning.map((entry) => entryOf(entry, context)) };
  const command = commandOf(id);
  const shortcut = firstShortcut(command);
  return {
    label: command.label,
    ...(shortcut === undefined ? {} : { shortcut }),
    danger: id === "delete",
    disabled: command.when?.(context()) === false,
    onSelect: () => void command.run(context()),
  };
}

export function menuEntries(context: () => CommandContext): MenuEntry[] {
  const { selection } = context().store.getState();
  const ids =
    selection.nodes.size > 1
      ? forMany
      : selection.nodes.size === 1
        ? forNodes
        : selection.edges.size > 0
          ? forWire
          : forNothing;
  return ids.map((id) => entryOf(id, context));
}
