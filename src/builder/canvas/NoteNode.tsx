// A sticky note and a frame: neither ever runs.
import { NodeResizer, type NodeProps } from "@xyflow/react";
import { memo, useState } from "react";
import { cx } from "../../ui/cx.ts";
import { Markdown } from "../../ui/markdown.tsx";
import { useBuilder } from "../builder-context.tsx";
import { patchNote } from "../edit/notes.ts";
import { useFocusFirst } from "../use-focus-first.ts";
import type { FrameFlowNode, NoteFlowNode } from "./flow-nodes.ts";

const paper: Record<string, string> = {
  yellow: "border-waiting/40 bg-waiting-soft",
  blue: "border-running/40 bg-running-soft",
  green: "border-succeeded/40 bg-succeeded-soft",
  grey: "border-line-strong bg-inset",
};

function NoteView({ id, data, selected }: NodeProps<NoteFlowNode>) {
  const { note } = data;
  const edit = useBuilder((state) => state.edit);
  const [typing, setTyping] = useState(note.text === "");
  return (
    <div
      className={cx(
        "h-full w-full overflow-hidden rounded-control border p-2.5 text-base",
        paper[note.colour] ?? paper["yellow"],
        selected && "outline-2 outline-offset-1 outline-accent",
      )}
      onDoubleClick={() => setTyping(true)}
    >
      <NodeResizer
        isVisible={selected}
        minWidth={96}
        minHeight={48}
        lineClassName="!border-transparent"
        handleClassName="!size-2 !rounded-sm !border-accent !bg-raised"
        onResizeEnd={(_, size) =>
          edit((doc) =>
            patchNote(doc, id, {
              size: { w: Math.round(size.width), h: Math.round(size.height) },
              position: { x: Math.round(size.x), y: Math.round(size.y) },
            }),
          )
        }
      />
      {typing && selected ? (
        <NoteText id={id} text={note.text} onDone={() => setTyping(false)} />
      ) : note.text === "" ? (
        <span className="text-faint">Empty note. Double-click to write.</span>
      ) : (
        <Markdown text={note.text} />
      )}
    </div>
  );
}

function NoteText({ id, text, onDone }: { id: string; text: string; onDone: () => void }) {
  const edit = useBuilder((state) => state.edit);
  const field = useFocusFirst<HTMLTextAreaElement>();
  return (
    <textarea
      ref={field}
      aria-label="Note text"
      placeholder="Write a note. Markdown works."
      value={text}
      className="nodrag nowheel h-full w-full resize-none bg-transparent text-ink outline-none"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") event.currentTarget.blur();
      }}
      onChange={(event) => {
        const text = event.target.value;
        edit((doc) => patchNote(doc, id, { text }), `${id}.text`);
      }}
      onBlur={onDone}
    />
  );
}

function FrameView({ data, selected }: NodeProps<FrameFlowNode>) {
  return (
    <div
      className={cx(
        "pointer-events-none h-full w-full rounded-card border border-dashed border-line-strong bg-panel/50",
        selected && "outline-2 outline-offset-1 outline-accent",
      )}
    >
      <span className="pointer-events-auto absolute -top-6 left-1 text-sm font-medium text-muted">
        {data.frame.title}
      </span>
    </div>
  );
}

export const NoteNode = memo(NoteView);
export const FrameNode = memo(FrameView);
