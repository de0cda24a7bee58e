// Commands that move things without changing what they do.
import { showFailure } from "../ui/toast.tsx";
import { align, distribute, type Alignment } from "./edit/arrange.ts";
import { move } from "./edit/nodes.ts";
import type { Command, CommandContext } from "./command.ts";

const state = ({ store }: CommandContext) => store.getState();
const chosen = (context: CommandContext) => state(context).selection.nodes;

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

export const arrangeCommands: readonly Command[] = [
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
];
