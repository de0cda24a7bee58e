import { cx } from "./cx.ts";

const onMac = /Mac|iP(hone|ad)/.test(navigator.userAgent);
const macSigns: Record<string, string> = { Mod: "⌘", Shift: "⇧", Alt: "⌥", Enter: "↵", Backspace: "⌫" };
const otherSigns: Record<string, string> = { Mod: "Ctrl", Enter: "↵" };

/** How a shortcut such as "Mod+Shift+Z" is written on this machine. */
export function shortcutParts(keys: string): string[] {
  const signs = onMac ? macSigns : otherSigns;
  return keys.split("+").map((key) => signs[key] ?? key);
}

/** @param keys joined by "+", with "Mod" for Cmd or Ctrl */
export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <kbd className={cx("inline-flex shrink-0 gap-0.5 font-sans", className)}>
      {shortcutParts(keys).map((part) => (
        <span
          key={part}
          className="inline-flex h-4 min-w-4 items-center justify-center rounded-sm border border-line-strong bg-inset px-1 text-xs leading-none text-muted"
        >
          {part}
        </span>
      ))}
    </kbd>
  );
}
