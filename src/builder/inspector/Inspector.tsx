// The right panel: the settings of whatever is selected.
import { Trash2 } from "lucide-react";
import type { CanvasEdge } from "../../core/canvas.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import type { CommandContext } from "../command.ts";
import { commandOf } from "../commands.ts";
import { nameOf } from "../edit/connect.ts";
import { patchNote } from "../edit/notes.ts";
import { NodePanel } from "./NodePanel.tsx";
import { WorkflowPanel } from "./WorkflowPanel.tsx";

export function Inspector({ context }: { context: () => CommandContext }) {
  const selection = useBuilder((state) => state.selection);
  const id = selection.nodes.size === 1 && selection.edges.size === 0 ? [...selection.nodes][0] : undefined;
  const node = useBuilder((state) => state.doc.nodes.find((entry) => entry.id === id));
  const note = useBuilder((state) => state.doc.notes.find((entry) => entry.id === id));
  const edgeId =
    selection.nodes.size === 0 && selection.edges.size === 1 ? [...selection.edges][0] : undefined;
  const edge = useBuilder((state) => state.doc.edges.find((entry) => entry.id === edgeId));
  const many = selection.nodes.size + selection.edges.size;
  return (
    <aside aria-label="Inspector" className="flex h-full min-w-0 flex-col bg-panel">
      {node ? (
        <NodePanel key={node.id} node={node} />
      ) : note ? (
        <NotePanel id={note.id} colour={note.colour} />
      ) : edge ? (
        <WirePanel edge={edge} context={context} />
      ) : many > 1 ? (
        <ManyPanel count={many} context={context} />
      ) : (
        <WorkflowPanel />
      )}
    </aside>
  );
}

function NotePanel({ id, colour }: { id: string; colour: string }) {
  const edit = useBuilder((state) => state.edit);
  return (
    <div className="flex flex-col gap-4 p-4">
      <h2 className="font-semibold">Note</h2>
      <p className="text-muted">Double-click it to write. Markdown works. A note never runs.</p>
      <Field label="Colour">
        {(control) => (
          <Select
            {...control}
            value={colour}
            options={["yellow", "blue", "green", "grey"].map((value) => ({ value, label: value }))}
            onChange={(next) => edit((doc) => patchNote(doc, id, { colour: next }))}
          />
        )}
      </Field>
    </div>
  );
}

function WirePanel({ edge, context }: { edge: CanvasEdge; context: () => CommandContext }) {
  const { nodeOf } = useBuilderValue();
  const edit = useBuilder((state) => state.edit);
  const nodes = useBuilder((state) => state.doc.nodes);
  const nameAt = (id: string) => {
    const node = nodes.find((entry) => entry.id === id);
    return node ? nameOf(node, nodeOf) : "a missing node";
  };
  return (
    <div className="flex flex-col gap-4 p-4">
      <h2 className="font-semibold">Wire</h2>
      <p>
        {nameAt(edge.source)} <span className="text-muted">· {edge.sourcePort}</span>
        <br />
        {edge.targetPort === undefined ? "then " : "into "}
        {nameAt(edge.target)}{" "}
        {edge.targetPort !== undefined && <span className="text-muted">· {edge.targetPort}</span>}
      </p>
      <p className="text-sm text-muted">
        {edge.targetPort === undefined
          ? "This wire only says what runs next. The node can still read earlier outputs by name."
          : "This wire carries a value into that input."}
      </p>
      <Field label="Label" optional>
        {(control) => (
          <Input
            {...control}
            maxLength={80}
            value={edge.label ?? ""}
            onChange={(event) => {
              const label = event.target.value;
              edit(
                (doc) => ({
                  ...doc,
                  edges: doc.edges.map((entry) => {
                    if (entry.id !== edge.id) return entry;
                    const { label: _, ...rest } = entry;
                    return label === "" ? rest : { ...rest, label };
                  }),
                }),
                `${edge.id}.label`,
              );
            }}
          />
        )}
      </Field>
      <Button
        icon={<Trash2 />}
        className="self-start"
        onClick={() => void commandOf("delete").run(context())}
      >
        Delete wire
      </Button>
    </div>
  );
}

const forMany = [
  "duplicate",
  "tidy",
  "disable",
  "align-left",
  "align-top",
  "distribute-x",
  "distribute-y",
  "delete",
];

function ManyPanel({ count, context }: { count: number; context: () => CommandContext }) {
  return (
    <div className="flex flex-col gap-3 p-4">
      <h2 className="font-semibold">{count} selected</h2>
      <div className="flex flex-wrap gap-1.5">
        {forMany.map((id) => {
          const command = commandOf(id);
          return (
            <Button
              key={id}
              size="sm"
              disabled={command.when?.(context()) === false}
              onClick={() => void command.run(context())}
            >
              {command.label}
            </Button>
          );
        })}
      </div>
    </div>
  );
}
