// What a command is, and what it may touch.
import type { BuilderValue } from "./builder-context.tsx";
import type { Box } from "./edit/arrange.ts";
import type { Point } from "./edit/nodes.ts";

/** What commands need from the canvas, which is the only place that knows pixels. */
export interface CanvasDoor {
  /** Where the pointer is (or the middle of what is in sight), in canvas and screen coordinates. */
  pointer(): { flow: Point; screen: Point; over: boolean };
  boxes(ids?: ReadonlySet<string>): Box[];
  fit(ids?: Iterable<string>): void;
  zoomBy(factor: number): void;
  zoomTo(zoom: number): void;
  /** Scrolls so that a node is in sight. */
  reveal(id: string): void;
  focus(): void;
}

export interface CommandContext extends BuilderValue {
  canvas: CanvasDoor;
  /** Stores what is unsaved; rejects with the reason when that is impossible. */
  flush: () => Promise<void>;
  panels: { toggle(which: "palette" | "inspector"): void };
  clipboard: { write(text: string): void; read(): Promise<string> };
}

export interface Command {
  id: string;
  label: string;
  /** Keys joined by "+", `Mod` for Cmd or Ctrl. Several ways are separated by a blank. */
  shortcut?: string;
  group: "Edit" | "Select" | "Arrange" | "View" | "Workflow";
  when?: (context: CommandContext) => boolean;
  run: (context: CommandContext) => void | Promise<void>;
}

/** True when the keyboard event is one of the command's shortcuts. */
export function matches(shortcut: string, event: KeyboardEvent): boolean {
  return shortcut.split(" ").some((way) => {
    const parts = way.split("+");
    const key = parts.at(-1) ?? "";
    const needs = new Set(parts.slice(0, -1));
    const shifted = event.shiftKey && !/^[?!/=]$/.test(key);
    return (
      (event.key.toLowerCase() === key.toLowerCase() || (key === "=" && event.key === "+")) &&
      needs.has("Mod") === (event.ctrlKey || event.metaKey) &&
      needs.has("Alt") === event.altKey &&
      needs.has("Shift") === shifted
    );
  });
}

/** The first way to press a command, for menus. */
export function firstShortcut(command: Command): string | undefined {
  const way = command.shortcut?.split(" ")[0];
  return way === "" ? undefined : way?.replace("ArrowRight", "→").replace("ArrowLeft", "←");
}
