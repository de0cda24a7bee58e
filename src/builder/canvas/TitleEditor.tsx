import { useState } from "react";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { retitle } from "../edit/keys.ts";
import { useFocusFirst } from "../use-focus-first.ts";

/** Types a node's title in place. Enter keeps it, Escape does not. */
export function TitleEditor({ nodeId, title }: { nodeId: string; title: string }) {
  const { nodeOf } = useBuilderValue();
  const edit = useBuilder((state) => state.edit);
  const set = useBuilder((state) => state.set);
  const [text, setText] = useState(title);
  const field = useFocusFirst<HTMLInputElement>();
  const keep = () => {
    if (text.trim() !== "" && text !== title) edit((doc) => retitle(doc, nodeId, text.trim(), nodeOf));
    set({ renaming: null });
  };
  return (
    <input
      ref={field}
      aria-label="Node title"
      value={text}
      maxLength={120}
      className="nodrag nopan absolute top-[9px] left-[49px] h-5 w-40 rounded-sm border border-accent bg-raised px-1 text-base font-medium outline-none"
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") keep();
        if (event.key === "Escape") set({ renaming: null });
      }}
    />
  );
}
