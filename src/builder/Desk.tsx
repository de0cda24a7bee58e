// How the parts of the builder stand on the screen, and how commands reach them.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { updateWorkflow } from "../data/workflows.ts";
import { useRegisterCommands, type PaletteCommand } from "../ui/palette-commands.ts";
import { Panel, Panels, PanelSeparator, usePanelRef } from "../ui/panels.tsx";
import { showFailure } from "../ui/toast.tsx";
import type { Autosave } from "./autosave.ts";
import { HelpDialog } from "./bar/HelpDialog.tsx";
import { ImportDialog } from "./bar/ImportDialog.tsx";
import { ProblemsPanel } from "./bar/ProblemsPanel.tsx";
import { PublishDialog } from "./bar/PublishDialog.tsx";
import { RunDialog } from "./bar/RunDialog.tsx";
import { TopBar } from "./bar/TopBar.tsx";
import { useLiveDiff } from "./bar/use-live-diff.ts";
import { usePublish } from "./bar/use-publish.ts";
import { useBuilder, useBuilderValue } from "./builder-context.tsx";
import { Canvas } from "./canvas/Canvas.tsx";
import { EmptyCanvas } from "./canvas/EmptyCanvas.tsx";
import { Toolbar } from "./canvas/Toolbar.tsx";
import { useAddKind } from "./canvas/use-add.ts";
import { firstShortcut, type CanvasDoor, type CommandContext } from "./command.ts";
import { commands } from "./commands.ts";
import { Inspector } from "./inspector/Inspector.tsx";
import { useKeyboard } from "./keyboard.ts";
import { Palette } from "./palette/Palette.tsx";
import { RunStrip } from "./run/RunStrip.tsx";

interface DeskProps {
  autosave: () => Autosave | null;
  onShowRun: (runId: string | undefined) => void;
  runShown: boolean;
}

/** A small window starts without the node list; the picker and the `[` key are there. */
const narrow = typeof window !== "undefined" && window.innerWidth < 1_180;

let copied = "";

/** The system clipboard, with a copy of our own for browsers that refuse to read it. */
const clipboard: CommandContext["clipboard"] = {
  write(text) {
    copied = text;
    void navigator.clipboard?.writeText(text).catch(() => undefined);
  },
  read: async () => {
    try {
      return await navigator.clipboard.readText();
    } catch {
      return copied;
    }
  },
};

function toggle(panel: { isCollapsed(): boolean; expand(): void; collapse(): void } | null) {
  if (panel?.isCollapsed()) panel.expand();
  else panel?.collapse();
}

export function Desk({ autosave, onShowRun, runShown }: DeskProps) {
  const value = useBuilderValue();
  const queries = useQueryClient();
  const door = useRef<CanvasDoor | null>(null);
  const dialog = useBuilder((state) => state.dialog);
  const problemsOpen = useBuilder((state) => state.problemsOpen);
  const announcement = useBuilder((state) => state.announcement);
  const { changed } = useLiveDiff();
  const flush = useCallback(async () => autosave()?.flush(), [autosave]);
  const publish = usePublish(flush);
  const palette = useRef<ReturnType<typeof usePanelRef>["current"]>(null);
  const inspector = useRef<ReturnType<typeof usePanelRef>["current"]>(null);
  const onDoor = useCallback((next: CanvasDoor) => {
    door.current = next;
  }, []);
  const context = useCallback((): CommandContext => {
    if (!door.current) throw new Error("The canvas is not on screen yet.");
    return {
      ...value,
      canvas: door.current,
      flush,
      clipboard,
      panels: { toggle: (which) => toggle((which === "palette" ? palette : inspector).current) },
    };
  }, [value, flush]);
  useKeyboard(context);
  useRegisterCommands(usePaletteCommands(context));
  const onAdd = useAddKind(useCallback(() => door.current, []));
  const rename = async (title: string) => {
    try {
      await updateWorkflow(value.workflow.id, { title });
      await queries.invalidateQueries({ queryKey: ["workflows"] });
    } catch (error) {
      showFailure("The title was not changed", error);
    }
  };
  return (
    <div className="flex h-full min-w-0 flex-col">
      <TopBar
        autosave={autosave}
        context={context}
        changed={changed}
        onTitle={(title) => void rename(title)}
      />
      <Panels id={narrow ? "builder-narrow" : "builder"} className="min-h-0 flex-1">
        <Panel
          id="palette"
          panelRef={palette}
          defaultSize={narrow ? 0 : 172}
          minSize={152}
          maxSize={320}
          collapsible
          collapsedSize={0}
        >
          <Palette onAdd={onAdd} />
        </Panel>
        <PanelSeparator label="Resize the node list" />
        <Panel id="canvas" minSize={320}>
          <div className="flex h-full min-w-0 flex-col">
            {runShown && <RunStrip onClose={() => onShowRun(undefined)} onRun={onShowRun} />}
            <div className="min-h-0 flex-1">
              <Canvas onDoor={onDoor} context={context}>
                <EmptyCanvas context={context} />
                <Toolbar context={context} />
              </Canvas>
            </div>
            {problemsOpen && <ProblemsPanel context={context} />}
          </div>
        </Panel>
        <PanelSeparator label="Resize the inspector" />
        <Panel
          id="inspector"
          panelRef={inspector}
          defaultSize={narrow ? 320 : 352}
          minSize={280}
          maxSize={narrow ? 380 : 640}
          collapsible
          collapsedSize={0}
        >
          <Inspector context={context} />
        </Panel>
      </Panels>
      {dialog === "publish" && <PublishDialog publish={publish} />}
      {dialog === "run" && <RunDialog publish={publish} onStarted={onShowRun} />}
      {dialog === "help" && <HelpDialog />}
      {dialog === "import" && <ImportDialog context={context} />}
      <div aria-live="polite" className="sr-only">
        {announcement}
      </div>
    </div>
  );
}

/** The builder's commands as the command palette shows them, and every node to jump to. */
function usePaletteCommands(context: () => CommandContext): PaletteCommand[] {
  return useMemo(
    () =>
      commands.map((command) => {
        const shortcut = firstShortcut(command);
        return {
          id: `builder.${command.id}`,
          group: "Builder",
          title: command.label,
          ...(shortcut === undefined ? {} : { shortcut }),
          run: () => {
            const here = context();
            if (command.when?.(here) !== false) void command.run(here);
          },
        };
      }),
    [context],
  );
}
