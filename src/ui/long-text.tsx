import { Maximize2 } from "lucide-react";
import { CodeBlock } from "./code-block.tsx";
import { Popover } from "./popover.tsx";

/** Whether one line cannot show a text. */
export function isLong(text: string): boolean {
  return text.length > 60 || text.includes("\n");
}

/** Opens a text that a line cuts off, as it is. */
export function LongText({ text }: { text: string }) {
  return (
    <Popover
      align="end"
      className="w-[560px] max-w-[90vw] p-2 font-sans"
      trigger={
        <button
          type="button"
          aria-label="Read the whole text"
          title="Read the whole text"
          className="inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-faint hover:bg-pressed hover:text-ink"
        >
          <Maximize2 className="size-3" />
        </button>
      }
    >
      <CodeBlock text={text} maxHeight={360} />
    </Popover>
  );
}
