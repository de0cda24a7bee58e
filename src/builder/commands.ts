// Every verb of the builder, once: the toolbar, the keyboard, the menus and the command palette all read this list.
import { showFailure } from "../ui/toast.tsx";
import { arrangeCommands } from "./arrange-commands.ts";
import type { Command, CommandContext } from "./command.ts";
import { editCommands } from "./edit-commands.ts";

const state = ({ store }: CommandContext) => store.getState();
const chosen = (context: CommandContext) => state(context).selection.nodes;
const hasNodes = (context: CommandContext) => chosen(context).size > 0;

export const commands: readonly Command[] = [
  ...editCommands,
  ...arrangeCommands,
  { id: "fit", label: "Show everything", shortcut: "1", group: "View", run: ({ canvas }) => canvas.fit() },
  {
    id: "zoom-100",
    label: "Zoom to 100 %",
    shortcut: "0",
    group: "View",
    run: ({ canvas }) => canvas.zoomTo(1),
  },
  {
    id: "zoom-in",
    label: "Zoom in",
    shortcut: "=",
    group: "View",
    run: ({ canvas }) => canvas.zoomBy(1.25),
  },
  {
    id: "zoom-out",
    label: "Zoom out",
    shortcut: "-",
    group: "View",
    run: ({ canvas }) => canvas.zoomBy(0.8),
  },
  {
    id: "fit-selection",
    label: "Show the selection",
    shortcut: "2",
    group: "View",
    when: hasNodes,
    run: (context) => context.canvas.fit(chosen(context)),
  },
  {
    id: "minimap",
    label: "Show or hide the minimap",
    shortcut: "M",
    group: "View",
    run: (context) => state(context).set({ minimap: !state(context).minimap }),
  },
  {
    id: "palette",
    label: "Show or hide the node list",
    shortcut: "[",
    group: "View",
    run: ({ panels }) => panels.toggle("palette"),
  },
  {
    id: "inspector",
    label: "Show or hide the inspector",
    shortcut: "]",
    group: "View",
    run: ({ panels }) => panels.toggle("inspector"),
  },
  {
    id: "problems",
    label: "Show or hide problems",
    shortcut: "Shift+P",
    group: "View",
    run: (context) => state(context).set({ problemsOpen: !state(context).problemsOpen }),
  },
  {
    id: "help",
    label: "Keyboard shortcuts",
    shortcut: "?",
    group: "View",
    run: (context) => state(context).set({ dialog: "help" }),
  },
  {
    id: "save",
    label: "Save now",
    shortcut: "Mod+S",
    group: "Workflow",
    run: async (context) => {
      try {
        await context.flush();
      } catch (error) {
        showFailure("The draft is not saved", error);
      }
    },
  },
  {
    id: "run",
    label: "Run",
    shortcut: "Mod+Enter",
    group: "Workflow",
    run: (context) => state(context).set({ dialog: "run" }),
  },
  {
    id: "publish",
    label: "Publish",
    shortcut: "Mod+Shift+Enter",
    group: "Workflow",
    run: (context) => state(context).set({ dialog: "publish" }),
  },
  {
    id: "import",
    label: "Import from a file",
    group: "Workflow",
    run: (context) => state(context).set({ dialog: "import" }),
  },
];

/** @throws Error when there is no such command, which is a mistake in the code */
export function commandOf(id: string): Command {
  const command = commands.find((entry) => entry.id === id);
  if (!command) throw new Error(`There is no command ${id}.`);
  return command;
}
