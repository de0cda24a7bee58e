// What an empty canvas offers.
import { ClipboardPaste, FileUp, Play, Workflow } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { DropdownMenu } from "../../ui/dropdown-menu.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import { showFailure } from "../../ui/toast.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import type { CommandContext } from "../command.ts";
import { commandOf } from "../commands.ts";
import { addKind } from "../edit/new-node.ts";
import { loadSample, samples } from "./start.ts";

const inWords = (name: string) =>
  (name.charAt(0).toUpperCase() + name.slice(1))
    .replaceAll("-", " ")
    .replace(/\b(api|mcp)\b/gi, (short) => short.toUpperCase());

export function EmptyCanvas({ context }: { context: () => CommandContext }) {
  const value = useBuilderValue();
  const empty = useBuilder((state) => state.doc.nodes.length + state.doc.notes.length === 0);
  if (!empty) return null;
  const { edit, select } = value.store.getState();
  const addTrigger = () => {
    const kind = value.nodeOf("trigger-manual") ?? value.registry.find((entry) => entry.role === "trigger");
    if (!kind) return;
    const { flow } = context().canvas.pointer();
    let id = "";
    edit((doc) => {
      const added = addKind(doc, kind, { at: flow }, value);
      id = added.id;
      return added.doc;
    });
    select([id]);
    context().canvas.fit();
  };
  const startFrom = async (name: string) => {
    try {
      const doc = await loadSample(name, value.around.tools);
      edit(() => doc);
      context().canvas.fit();
    } catch (error) {
      showFailure("The sample could not be opened", error);
    }
  };
  return (
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
      <EmptyState
        icon={<Workflow />}
        title="Start with what starts it"
        className="pointer-events-auto max-w-xl"
        actions={
          <>
            <Button variant="primary" icon={<Play />} onClick={addTrigger}>
              Add a trigger
            </Button>
            <DropdownMenu
              align="center"
              trigger={<Button icon={<Workflow />}>Start from a sample</Button>}
              entries={samples.map((name) => ({
                label: inWords(name),
                onSelect: () => void startFrom(name),
              }))}
            />
            <Button icon={<ClipboardPaste />} onClick={() => void commandOf("paste").run(context())}>
              Paste
            </Button>
            <Button icon={<FileUp />} onClick={() => void commandOf("import").run(context())}>
              Import
            </Button>
          </>
        }
      >
        A workflow begins with a trigger; what follows hangs on its wires. Drag nodes from the left, or press{" "}
        <Kbd keys="/" /> anywhere here.
      </EmptyState>
    </div>
  );
}
