// Commands that change the document or the selection.
import { showDone, showFailure } from "../ui/toast.tsx";
import { clipOf, paste, readClip } from "./edit/clipboard.ts";
import { downstreamOf, upstreamOf } from "./edit/connect.ts";
import { patchNode, remove, removeAndReconnect } from "./edit/nodes.ts";
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

export const editCommands: readonly Command[] = [
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
];
