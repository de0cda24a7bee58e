// The small bar at the canvas's lower left: zoom, fit, tidy, add.
import { LayoutGrid, Maximize, Minus, Plus, SquarePlus, StickyNote } from "lucide-react";
import { IconButton } from "../../ui/icon-button.tsx";
import { firstShortcut, type CommandContext } from "../command.ts";
import { commandOf } from "../commands.ts";
import { useBuilder } from "../builder-context.tsx";
import { addNote } from "../edit/nodes.ts";

const buttons = [
  { id: "add", icon: <SquarePlus /> },
  { id: "tidy", icon: <LayoutGrid /> },
  { id: "zoom-out", icon: <Minus /> },
  { id: "zoom-in", icon: <Plus /> },
  { id: "fit", icon: <Maximize /> },
] as const;

export function Toolbar({ context }: { context: () => CommandContext }) {
  const edit = useBuilder((state) => state.edit);
  const select = useBuilder((state) => state.select);
  return (
    <div
      role="toolbar"
      aria-label="Canvas tools"
      className="absolute bottom-3 left-3 z-5 flex gap-0.5 rounded-control border border-line bg-raised p-0.5"
    >
      {buttons.map(({ id, icon }) => {
        const command = commandOf(id);
        return (
          <IconButton
            key={id}
            label={command.label}
            shortcut={firstShortcut(command) ?? ""}
            icon={icon}
            onClick={() => void command.run(context())}
          />
        );
      })}
      <IconButton
        label="Add a note"
        icon={<StickyNote />}
        onClick={() => {
          const { flow } = context().canvas.pointer();
          let id = "";
          edit((doc) => {
            const added = addNote(doc, { x: flow.x, y: flow.y - 160 });
            id = added.id;
            return added.doc;
          });
          select([id]);
        }}
      />
    </div>
  );
}
