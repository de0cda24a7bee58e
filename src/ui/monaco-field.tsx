// An editor in place of a text area, of the same size and type, which grows with its text. It takes the focus when it appears.
import {
  useEffect,
  useEffectEvent,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type Ref,
} from "react";
import type { ControlProps } from "./field.tsx";
import { useCompletions, useEcho, useMarkers, type EditorInstance } from "./monaco-hooks.ts";
import { asWritten, defineTheme, monaco } from "./monaco-setup.ts";
import type { CodeEditorProps } from "./monaco.tsx";
import { useTheme } from "./theme.ts";

/** How the text area looked when the editor took its place. */
export interface FieldLook {
  fontFamily: string;
  /** Pixels, as are all sizes here. */
  fontSize: number;
  lineHeight: number;
  letterSpacing: number;
  minHeight: number;
  maxHeight: number;
}

export interface TextRange {
  from: number;
  to: number;
}

export interface FieldHandle {
  /**
   * Puts text in place of what is selected, or where a point of the screen is.
   * @param textFor is told what stands before that place
   */
  insert(textFor: (before: string) => string, point?: { x: number; y: number }): void;
}

export interface MonacoFieldProps extends Pick<
  CodeEditorProps,
  "value" | "language" | "label" | "markers" | "complete"
> {
  onChange: (value: string) => void;
  control?: Partial<ControlProps> | undefined;
  placeholder?: string | undefined;
  look: FieldLook;
  selection: TextRange;
  /** The focus went elsewhere; says where the caret was. */
  onLeave: (selection: TextRange) => void;
  handle: Ref<FieldHandle>;
}

const rest: monaco.editor.IStandaloneEditorConstructionOptions = {
  minimap: { enabled: false },
  lineNumbers: "off",
  lineNumbersMinChars: 0,
  lineDecorationsWidth: 8,
  folding: false,
  glyphMargin: false,
  guides: { indentation: false },
  scrollBeyondLastLine: false,
  scrollBeyondLastColumn: 0,
  scrollbar: { horizontal: "hidden", verticalScrollbarSize: 8, alwaysConsumeMouseWheel: false },
  overviewRulerLanes: 0,
  overviewRulerBorder: false,
  hideCursorInOverviewRuler: true,
  renderLineHighlight: "none",
  occurrencesHighlight: "off",
  selectionHighlight: false,
  wordWrap: "on",
  wrappingStrategy: "advanced",
  wordBasedSuggestions: "off",
  quickSuggestions: { other: true, comments: true, strings: true },
  suggestFontSize: 12,
  suggestLineHeight: 22,
  suggest: { showStatusBar: false, showIcons: false },
  tabSize: 2,
  // What is edited may come from anywhere; nothing in it can be clicked.
  links: false,
  contextmenu: false,
  fixedOverflowWidgets: true,
  automaticLayout: true,
  padding: { top: 3, bottom: 3 },
  ...asWritten,
  // Tab leaves the field, as it leaves every other.
  tabFocusMode: true,
  accessibilitySupport: "on",
  // The text area behind the editor carries the label, the help and the error of the field.
  editContext: false,
};

function rangeOf(instance: EditorInstance): TextRange {
  const model = instance.getModel();
  const selection = instance.getSelection();
  if (!model || !selection) return { from: 0, to: 0 };
  return {
    from: model.getOffsetAt(selection.getStartPosition()),
    to: model.getOffsetAt(selection.getEndPosition()),
  };
}

/** Names the editor's own text area as the field's label, help and error do. */
function useNaming(host: HTMLElement | null, control: Partial<ControlProps> | undefined, combobox: boolean) {
  const id = control?.id;
  const describedBy = control?.["aria-describedby"];
  const invalid = control?.["aria-invalid"] === true;
  useEffect(() => {
    const input = host?.querySelector("textarea");
    if (!input) return;
    if (id !== undefined) input.id = id;
    if (describedBy === undefined) input.removeAttribute("aria-describedby");
    else input.setAttribute("aria-describedby", describedBy);
    if (invalid) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    if (!combobox) return;
    input.setAttribute("role", "combobox");
    if (!input.hasAttribute("aria-expanded")) input.setAttribute("aria-expanded", "false");
  }, [host, id, describedBy, invalid, combobox]);
}

export function MonacoField(props: MonacoFieldProps) {
  const { value, onChange, language, label, control, placeholder, look, selection, onLeave, handle } = props;
  const { shown } = useTheme();
  const path = `inmemory://runboard/field/${useId()}`;
  const host = useRef<HTMLDivElement>(null);
  const [instance, setInstance] = useState<EditorInstance | null>(null);
  const heard = useEcho(instance, value);
  useCompletions(instance, props.complete);
  useMarkers(instance, props.markers);
  useNaming(instance?.getContainerDomNode() ?? null, control, props.complete !== undefined);

  const changed = useEffectEvent((next: string) => {
    if (heard(next)) onChange(next);
  });
  const left = useEffectEvent(onLeave);
  const create = useEffectEvent((element: HTMLElement): EditorInstance => {
    const model = monaco.editor.createModel(value, language, monaco.Uri.parse(path));
    const made = monaco.editor.create(element, {
      ...rest,
      model,
      theme: defineTheme(shown),
      fontFamily: look.fontFamily,
      fontSize: look.fontSize,
      lineHeight: look.lineHeight,
      letterSpacing: look.letterSpacing,
      ariaLabel: label,
      ...(placeholder === undefined ? {} : { placeholder }),
    });
    const start = model.getPositionAt(selection.from);
    made.setSelection(monaco.Range.fromPositions(start, model.getPositionAt(selection.to)));
    return made;
  });
  const size = useEffectEvent((made: EditorInstance, element: HTMLElement) => {
    const height = Math.min(look.maxHeight, Math.max(look.minHeight, made.getContentHeight() + 2)) - 2;
    if (element.style.height === `${height}px`) return;
    element.style.height = `${height}px`;
    made.layout({ width: element.clientWidth, height });
  });

  // Before anything is painted: the text area has gone, and its focus must not be seen to go.
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const made = create(element);
    size(made, element);
    made.onDidContentSizeChange(() => size(made, element));
    made.onDidChangeModelContent(() => changed(made.getValue()));
    made.onDidBlurEditorWidget(() => {
      // Another window took the focus; it comes back here.
      if (!element.contains(document.activeElement)) left(rangeOf(made));
    });
    made.addCommand(
      monaco.KeyCode.Escape,
      () => {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      },
      "!suggestWidgetVisible && !findWidgetVisible && !markersNavigationVisible",
    );
    made.focus();
    made.revealPositionInCenterIfOutsideViewport(made.getPosition() ?? { lineNumber: 1, column: 1 });
    setInstance(made);
    return () => {
      made.getModel()?.dispose();
      made.dispose();
    };
  }, []);
  useEffect(() => monaco.editor.setTheme(defineTheme(shown)), [shown]);

  useImperativeHandle(
    handle,
    () => ({
      insert(textFor, point) {
        const model = instance?.getModel();
        if (!instance || !model) return;
        const at = point && instance.getTargetAtClientPoint(point.x, point.y)?.position;
        const range = at ? monaco.Range.fromPositions(at) : instance.getSelection();
        if (!range) return;
        const text = textFor(model.getValue().slice(0, model.getOffsetAt(range.getStartPosition())));
        instance.pushUndoStop();
        instance.executeEdits("insert", [{ range, text, forceMoveMarkers: true }]);
        instance.pushUndoStop();
        instance.focus();
      },
    }),
    [instance],
  );
  return <div ref={host} style={{ height: look.minHeight - 2 }} />;
}
