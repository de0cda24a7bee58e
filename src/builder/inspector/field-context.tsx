// Shared by the fields of one inspector: what they may name, and which of them takes what is picked from the data tree.
import { createContext, useContext, useMemo, useRef } from "react";
import type { CanvasNode } from "../../core/canvas.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import type { CodeMarker } from "../../ui/monaco.tsx";
import type { DataGroup } from "./available.ts";

export interface FieldScope {
  groups: readonly DataGroup[];
  /** Absent in the workflow's own panel. */
  node?: CanvasNode;
  diagnostics: readonly Diagnostic[];
  /** A field that is typed in takes what is picked next. */
  setTarget(insert: (path: string) => void): void;
  /** Gives a picked path to that field; false when there is none. */
  insert(path: string): boolean;
}

const Context = createContext<FieldScope>({
  groups: [],
  diagnostics: [],
  setTarget: () => undefined,
  insert: () => false,
});
export const FieldScopeProvider = Context.Provider;

/** The part of a scope that remembers where the last typing was. */
export function useInsertTarget(): Pick<FieldScope, "setTarget" | "insert"> {
  const target = useRef<((path: string) => void) | null>(null);
  return useMemo(
    () => ({
      setTarget(insert) {
        target.current = insert;
      },
      insert(path) {
        target.current?.(path);
        return target.current !== null;
      },
    }),
    [],
  );
}

export function useFieldScope(): FieldScope {
  return useContext(Context);
}

/** The first problem at a path or below it, e.g. `inputs.url` or `config.cases`. */
export function useProblem(path: string): string | undefined {
  const { diagnostics } = useContext(Context);
  const found = diagnostics.find(
    (entry) =>
      entry.severity !== "info" &&
      entry.path !== undefined &&
      (entry.path === path || entry.path.startsWith(`${path}.`) || entry.path.startsWith(`${path}[`)),
  );
  return found === undefined
    ? undefined
    : found.hint === ""
      ? found.message
      : `${found.message} ${found.hint}`;
}

/** What to underline in the text of a field. */
export function useMarkersAt(path: string | undefined, text: string): CodeMarker[] {
  const { diagnostics } = useContext(Context);
  return useMemo(
    () =>
      text === "" || path === undefined
        ? []
        : diagnostics.flatMap(({ severity, message, hint, span, ...entry }) =>
            severity === "info" || entry.path !== path
              ? []
              : [
                  {
                    from: span?.from ?? 0,
                    to: span?.to ?? text.length,
                    severity,
                    message: hint === "" ? message : `${message} ${hint}`,
                  },
                ],
          ),
    [diagnostics, path, text],
  );
}

/** The type of drag data that holds a path of the data tree. */
export const pathDragType = "application/x-runboard-path";
