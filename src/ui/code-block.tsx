import { useState } from "react";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import { cx } from "./cx.ts";

interface CodeBlockProps {
  text: string;
  /** Pixels; longer text is clamped with a way to open it. */
  maxHeight?: number;
  wrap?: boolean;
  className?: string;
}

const lineHeight = 18;

/** Text as it is, to read and copy. */
export function CodeBlock({ text, maxHeight = 320, wrap = true, className }: CodeBlockProps) {
  const [open, setOpen] = useState(false);
  const long = text.split("\n").length * lineHeight > maxHeight || text.length > 4_000;
  return (
    <div className={cx("group/code relative rounded-control border border-line bg-inset", className)}>
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard
        tabIndex={0}
        style={open ? undefined : { maxHeight }}
        className={cx(
          "overflow-auto px-3 py-2 font-mono text-sm text-ink",
          wrap ? "break-words whitespace-pre-wrap" : "whitespace-pre",
        )}
      >
        {text}
      </pre>
      <CopyButton
        text={text}
        className="absolute top-1 right-1 bg-inset opacity-0 group-focus-within/code:opacity-100 group-hover/code:opacity-100"
      />
      {long && (
        <Button variant="ghost" size="sm" className="m-1" onClick={() => setOpen(!open)}>
          {open ? "Show less" : "Show all"}
        </Button>
      )}
    </div>
  );
}
