// Every verb of the builder, once: the toolbar, the keyboard, the menus and the command palette all read this list.
import { showDone, showFailure } from "../ui/toast.tsx";
import { align, distribute, type Alignment } from "./edit/arrange.ts";
import { clipOf, paste, readClip } from "./edit/clipboard.ts";
import { downstreamOf, upstreamOf } from "./edit/connect.ts";
import { move, patchNode, remove, removeAndReconnect } from "./edit/nodes.ts";
import { onlySelected } from "./store.ts";
import type { Command, CommandContext } from "./command.ts";

const state = ({ store }: CommandContext) => store.getState();
const chosen = (context: CommandContext) => state(context).selection.nodes;
const hasNodes = (context: CommandContext) => chosen(context).size > 0;
const hasSelection = (context: CommandContext) =>
  hasNodes(context) || state(context).selection.edges.size > 0;

/** Pastes clipboard text; false when it did not come from a canvas. */
export function pasteText(
  context: CommandContext,
  text: string,
  at = context.canvas.pointer().flow,
): boolean {
  const clip = readClip(text);
  if (!clip) return false;
  const { edit, select, set, doc } = state(context);
  const pasted = paste(
    doc,
    clip,
    { x: Math.round(at.x / 8) * 8, y: Math.round(at.y / 8) * 8 },
    context.nodeOf,
  );
  edit(() => pasted.doc);
  select(pasted.ids);
  const count = clip.nodes.length + clip.notes.length;
  set({ announcement: `${count} pasted` });
  if (pasted.dangling.length > 0)
    showFailure(
      "Pasted with open references",
      new Error(`This workflow has no ${pasted.dangling.join(", ")}. Point these references at other steps.`),
    );
  return true;
}

function copyText(context: CommandContext): string {
  return JSON.stringify(clipOf(state(context).doc, chosen(context)), null, 2);
}

function duplicate(context: CommandContext) {
  const { doc, edit, select } = state(context);
  const boxes = context.canvas.boxes(chosen(context));
  const at = {
    x: Math.min(...boxes.map((box) => box.x)) + 24,
    y: Math.max(...boxes.map((box) => box.y + box.h)) + 24,
  };
  const copy = paste(doc, clipOf(doc, chosen(context)), at, context.nodeOf);
  edit(() => copy.doc);
  select(copy.ids);
}

async function tidyUp(context: CommandContext) {
  const { doc, edit, selection } = state(context);
  const { tidy } = await import("./edit/tidy.ts");
  const boxes = new Map(context.canvas.boxes().map((box) => [box.id, box]));
  try {
    const { positions, sizes } = await tidy(
      doc,
      boxes,
      selection.nodes.size > 1 ? selection.nodes : new Set(),
    );
    edit((now) => {
      const moved = move(now, positions);
      return {
        ...moved,
        nodes: moved.nodes.map((node) => {
          const size = sizes.get(node.id);
          return size ? { ...node, size } : node;
        }),
      };
    });
    context.canvas.fit();
  } catch (error) {
    showFailure("The canvas could not be tidied", error);
  }
}

function arrange(side: Alignment): Command {
  return {
    id: `align-${side}`,
    label: `Align ${side}`,
    group: "Arrange",
    when: (context) => chosen(context).size > 1,
    run: (context) =>
      state(context).edit((doc) => move(doc, align(context.canvas.boxes(chosen(context)), side))),
  };
}

function spread(axis: "x" | "y"): Command {
  return {
    id: `distribute-${axis}`,
    label: axis === "x" ? "Distribute horizontally" : "Distribute vertically",
    group: "Arrange",
    when: (context) => chosen(context).size > 2,
    run: (context) =>
      state(context).edit((doc) => move(doc, distribute(context.canvas.boxes(chosen(context)), axis))),
  };
}

export const commands: readonly Command[] = [
  {
    id: "add",
    label: "Add node",
    shortcut: "/ Tab",
    group: "Edit",
    run: (context) => {
      const { pointer } = context.canvas;
      const from = onlySelected(state(context).selection);
      const node = state(context).doc.nodes.find((entry) => entry.id === from);
      const { flow, screen, over } = pointer();
      const beside = node && !over ? { x: node.position.x + 300, y: node.position.y } : undefined;
      state(context).set({
        quickAdd: {
          at: beside ?? flow,
          screen,
          ...(node ? { from: { node: node.id, side: "source" as const } } : {}),
          ...(node?.parent === undefined ? {} : { parent: node.parent }),
        },
      });
    },
  },
  {
    id: "undo",
    label: "Undo",
    shortcut: "Mod+Z",
    group: "Edit",
    when: ({ store }) => store.temporal.getState().pastStates.length > 0,
    run: (context) => state(context).undo(),
  },
  {
    id: "redo",
    label: "Redo",
    shortcut: "Mod+Shift+Z Mod+Y",
    group: "Edit",
    when: ({ store }) => store.temporal.getState().futureStates.length > 0,
    run: (context) => state(context).redo(),
  },
  {
    id: "copy",
    label: "Copy",
    group: "Edit",
    when: hasNodes,
    run: (context) => {
      context.clipboard.write(copyText(context));
      showDone("Copied as JSON");
    },
  },
  {
    id: "paste",
    label: "Paste",
    group: "Edit",
    run: async (context) => {
      const text = await context.clipboard.read();
      if (!pasteText(context, text))
        showFailure("Nothing was pasted", new Error("The clipboard holds no nodes copied from a canvas."));
    },
  },
  { id: "duplicate", label: "Duplicate", shortcut: "Mod+D", group: "Edit", when: hasNodes, run: duplicate },
  {
    id: "rename",
    label: "Rename",
    shortcut: "F2",
    group: "Edit",
    when: (context) => onlySelected(state(context).selection) !== undefined,
    run: (context) => state(context).set({ renaming: onlySelected(state(context).selection) ?? null }),
  },
  {
    id: "disable",
    label: "Disable or enable",
    shortcut: "D",
    group: "Edit",
    when: hasNodes,
    run: (context) => {
      const ids = chosen(context);
      state(context).edit((doc) => {
        const disabled = doc.nodes.some((node) => ids.has(node.id) && !node.disabled);
        return [...ids].reduce((next, id) => patchNode(next, id, (node) => ({ ...node, disabled })), doc);
      });
    },
  },
  {
    id: "delete",
    label: "Delete",
    shortcut: "Delete Backspace",
    group: "Edit",
    when: hasSelection,
    run: (context) => {
      const { selection, edit } = state(context);
      edit((doc) => remove(doc, selection.nodes, selection.edges));
    },
  },
  {
    id: "delete-reconnect",
    label: "Delete and reconnect",
    shortcut: "Mod+Delete Mod+Backspace",
    group: "Edit",
    when: hasNodes,
    run: (context) => state(context).edit((doc) => removeAndReconnect(doc, chosen(context), context)),
  },
  {
    id: "select-all",
    label: "Select all",
    shortcut: "Mod+A",
    group: "Select",
    run: (context) => {
      const { doc, select } = state(context);
      select([...doc.nodes, ...doc.notes, ...doc.frames].map((thing) => thing.id));
    },
  },
  {
    id: "select-downstream",
    label: "Select everything after",
    shortcut: "Mod+Shift+ArrowRight",
    group: "Select",
    when: hasNodes,
    run: (context) => state(context).select(downstreamOf(state(context).doc, chosen(context))),
  },
  {
    id: "select-upstream",
    label: "Select everything before",
    shortcut: "Mod+Shift+ArrowLeft",
    group: "Select",
    when: hasNodes,
    run: (context) => state(context).select(upstreamOf(state(context).doc, chosen(context))),
  },
  {
    id: "tidy",
    label: "Tidy up",
    shortcut: "Shift+T",
    group: "Arrange",
    when: (context) => state(context).doc.nodes.length > 1,
    run: tidyUp,
  },
  ...(["left", "centre", "right", "top", "middle", "bottom"] as const).map(arrange),
  spread("x"),
  spread("y"),
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
