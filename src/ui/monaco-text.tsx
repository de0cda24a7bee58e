// A text area that becomes a code editor while it has the focus, so that a form of many fields carries one editor at most.
// The editor's code is fetched in the background; until it is there, the text area is what one types into.
import { useImperativeHandle, useRef, useState, type ComponentType, type FocusEvent, type Ref } from "react";
import { flushSync } from "react-dom";
import type { ControlProps } from "./field.tsx";
import { cx } from "./cx.ts";
import { controlClass } from "./input.tsx";
import type { FieldHandle, FieldLook, MonacoFieldProps, TextRange } from "./monaco-field.tsx";
import type { CodeEditorProps } from "./monaco.tsx";

type FieldEditor = ComponentType<MonacoFieldProps>;

let fetched: Promise<FieldEditor> | undefined;
/** Fetched once; a fetch that failed is tried again with the next field. */
function fetchEditor(): Promise<FieldEditor> {
  fetched ??= import("./monaco-field.tsx").then((module) => module.MonacoField);
  fetched.catch(() => {
    fetched = undefined;
  });
  return fetched;
}

export interface CodeTextProps extends Pick<CodeEditorProps, "value" | "language" | "markers" | "complete"> {
  onChange: (value: string) => void;
  /** From a `Field`, which then gives the label. */
  control?: Partial<ControlProps> | undefined;
  label?: string | undefined;
  placeholder?: string | undefined;
  /** Lines shown when there are fewer. */
  rows?: number | undefined;
  path?: string | undefined;
  onFocus?: (() => void) | undefined;
  handle?: Ref<FieldHandle> | undefined;
}

const lineHeight = 20;
const frame = 8;
/** Pixels. */
const heightOf = (lines: number) => lines * lineHeight + frame;

function lookOf(area: HTMLTextAreaElement, minHeight: number, maxHeight: number): FieldLook {
  const style = getComputedStyle(area);
  return {
    fontFamily: style.fontFamily,
    fontSize: Number.parseFloat(style.fontSize),
    lineHeight: Number.parseFloat(style.lineHeight),
    letterSpacing: Number.parseFloat(style.letterSpacing) || 0,
    minHeight,
    maxHeight,
  };
}

interface Mounted {
  Editor: FieldEditor;
  look: FieldLook;
  selection: TextRange;
  label: string;
}

export function CodeText(props: CodeTextProps) {
  const { value, onChange, language, control, label, placeholder, rows = 1, path, onFocus, handle } = props;
  const area = useRef<HTMLTextAreaElement>(null);
  const field = useRef<FieldHandle>(null);
  const caret = useRef<TextRange | null>(null);
  const pressed = useRef(false);
  const composing = useRef(false);
  const [mounted, setMounted] = useState<Mounted | null>(null);
  const minHeight = heightOf(rows);
  const maxHeight = heightOf(rows > 1 ? 24 : 14);
  const isCode = language !== "template";

  /** Takes over with caret and selection, unless the person is elsewhere by now, or in the middle of a word or a press. */
  const takeOver = async () => {
    const Editor = await fetchEditor().catch(() => null);
    const element = area.current;
    if (!Editor || !element || document.activeElement !== element) return;
    if (pressed.current || composing.current) return;
    // At once: a key pressed between reading the caret and showing the editor would leave the caret one letter behind.
    flushSync(() =>
      setMounted({
        Editor,
        look: lookOf(element, minHeight, maxHeight),
        selection: { from: element.selectionStart, to: element.selectionEnd },
        label: label ?? element.labels[0]?.textContent ?? "",
      }),
    );
  };
  const soon = () => void setTimeout(() => void takeOver(), 0);
  const focused = (event: FocusEvent<HTMLTextAreaElement>) => {
    onFocus?.();
    if (caret.current && !pressed.current)
      event.currentTarget.setSelectionRange(caret.current.from, caret.current.to);
    soon();
  };

  useImperativeHandle(
    handle,
    () => ({
      insert(textFor, point) {
        if (field.current) return field.current.insert(textFor, point);
        const from = Math.min(caret.current?.from ?? value.length, value.length);
        const to = Math.min(caret.current?.to ?? from, value.length);
        const text = textFor(value.slice(0, from));
        onChange(value.slice(0, from) + text + value.slice(to));
        caret.current = { from: from + text.length, to: from + text.length };
        requestAnimationFrame(() => area.current?.focus());
      },
    }),
    [value, onChange],
  );

  if (mounted) {
    const { Editor, look, selection } = mounted;
    return (
      <div
        data-path={path}
        className={cx(
          "overflow-hidden rounded-control border bg-raised outline-1",
          control?.["aria-invalid"] ? "border-failed outline-failed" : "border-accent outline-accent",
        )}
      >
        <Editor
          value={value}
          onChange={onChange}
          language={language}
          label={mounted.label}
          control={control}
          placeholder={placeholder}
          markers={props.markers ?? []}
          {...(props.complete ? { complete: props.complete } : {})}
          look={look}
          selection={selection}
          handle={field}
          onLeave={(range) => {
            caret.current = range;
            setMounted(null);
          }}
        />
      </div>
    );
  }
  return (
    <textarea
      ref={area}
      {...control}
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an input has one line, and a select takes no text
      {...(props.complete
        ? { role: "combobox", "aria-expanded": false, "aria-autocomplete": "list" as const }
        : {})}
      data-path={path}
      rows={rows}
      spellCheck={!isCode}
      value={value}
      placeholder={placeholder}
      style={{ minHeight, maxHeight }}
      className={cx(
        controlClass,
        "field-sizing-content block resize-none py-[3px]",
        isCode && "font-mono text-sm leading-5 [font-variant-ligatures:none]",
      )}
      onChange={(event) => onChange(event.target.value)}
      onPointerEnter={() => void fetchEditor().catch(() => undefined)}
      onPointerDown={() => {
        pressed.current = true;
        const release = () => {
          pressed.current = false;
          soon();
        };
        window.addEventListener("pointerup", release, { once: true });
        window.addEventListener("pointercancel", release, { once: true });
      }}
      onCompositionStart={() => {
        composing.current = true;
      }}
      onCompositionEnd={() => {
        composing.current = false;
        soon();
      }}
      onFocus={focused}
    />
  );
}
