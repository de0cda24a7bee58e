// Turns keys into commands, and arrows into a walk over the graph.
import { useEffect } from "react";
import type { CanvasDoc } from "../core/canvas.ts";
import { matches, type CommandContext } from "./command.ts";
import { commands } from "./commands.ts";
import { pasteText } from "./edit-commands.ts";
import { clipOf } from "./edit/clipboard.ts";
import { move, remove } from "./edit/nodes.ts";

/** True while keys belong to a field, an editor, a menu or a dialog. */
function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.closest(
      "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu], [role=listbox], .monaco-editor",
    ) !== null
  );
}

/** Cards of a canvas can be told apart from buttons that want their own Enter and space. */
const onControl = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest("button, a, [role=tab], [role=treeitem]") !== null;

type Direction = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** The node an arrow leads to: along a wire sideways, to the nearest neighbour up and down. */
export function neighbour(doc: CanvasDoc, from: string, direction: Direction): string | undefined {
  const node = doc.nodes.find((entry) => entry.id === from);
  if (!node) return undefined;
  const at = new Map(doc.nodes.map((entry) => [entry.id, entry]));
  if (direction === "ArrowLeft" || direction === "ArrowRight") {
    const ids = doc.edges.flatMap((edge) =>
      direction === "ArrowRight" && edge.source === from
        ? [edge.target]
        : direction === "ArrowLeft" && edge.target === from
          ? [edge.source]
          : [],
    );
    const near = (id: string) => Math.abs((at.get(id)?.position.y ?? 0) - node.position.y);
    return ids.toSorted((a, b) => near(a) - near(b))[0];
  }
  const sign = direction === "ArrowDown" ? 1 : -1;
  const others = doc.nodes.filter(
    (entry) =>
      entry.id !== from && entry.parent === node.parent && (entry.position.y - node.position.y) * sign > 0,
  );
  const far = (entry: (typeof others)[number]) =>
    Math.abs(entry.position.y - node.position.y) + 2 * Math.abs(entry.position.x - node.position.x);
  return others.toSorted((a, b) => far(a) - far(b))[0]?.id;
}

const isDirection = (key: string): key is Direction => /^Arrow(Left|Right|Up|Down)$/.test(key);

function walk(context: CommandContext, direction: Direction, event: KeyboardEvent) {
  const { doc, selection, select, edit } = context.store.getState();
  const ids = [...selection.nodes];
  if (event.altKey) {
    const dx = direction === "ArrowLeft" ? -8 : direction === "ArrowRight" ? 8 : 0;
    const dy = direction === "ArrowUp" ? -8 : direction === "ArrowDown" ? 8 : 0;
    const to = new Map(
      [...doc.nodes, ...doc.notes, ...doc.frames]
        .filter((thing) => selection.nodes.has(thing.id))
        .map((thing) => [thing.id, { x: thing.position.x + dx, y: thing.position.y + dy }]),
    );
    return edit((now) => move(now, to), "nudge");
  }
  const from = ids.at(-1);
  const next = from === undefined ? doc.nodes[0]?.id : neighbour(doc, from, direction);
  if (next === undefined) return;
  select(event.shiftKey ? [...ids.filter((id) => id !== next), next] : [next]);
  context.canvas.reveal(next);
}

/** Listens while the builder is on screen. `context` is read at each key, so that it may change. */
export function useKeyboard(context: () => CommandContext): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || typing(event.target)) {
        if (!(event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey))) return;
      }
      const here = context();
      const { selection, select, quickAdd, dialog } = here.store.getState();
      if (quickAdd !== null || dialog !== null) return;
      if (event.key === "Tab" && (event.shiftKey || !here.canvas.pointer().over || onControl(event.target)))
        return;
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        const focused =
          event.target instanceof HTMLElement
            ? event.target.closest(".react-flow__node")?.getAttribute("data-id")
            : null;
        if (focused) select([focused]);
        return;
      }
      if (event.key === "Escape" && (selection.nodes.size > 0 || selection.edges.size > 0)) return select([]);
      if (isDirection(event.key) && !event.ctrlKey && !event.metaKey) {
        if (onControl(event.target)) return;
        event.preventDefault();
        return walk(here, event.key, event);
      }
      const command = commands.find(
        (entry) => entry.shortcut !== undefined && matches(entry.shortcut, event),
      );
      if (!command) return;
      event.preventDefault();
      if (command.when?.(here) !== false) void command.run(here);
    };
    const onCopy = (event: ClipboardEvent) => {
      const here = context();
      const { doc, selection, edit } = here.store.getState();
      if (typing(event.target) || selection.nodes.size === 0 || !window.getSelection()?.isCollapsed) return;
      event.clipboardData?.setData("text/plain", JSON.stringify(clipOf(doc, selection.nodes), null, 2));
      event.preventDefault();
      if (event.type === "cut") edit((now) => remove(now, selection.nodes));
    };
    const onPaste = (event: ClipboardEvent) => {
      if (typing(event.target)) return;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (pasteText(context(), text)) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      window.removeEventListener("keydown", onKey);
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [context]);
}
