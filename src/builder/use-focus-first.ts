import { useCallback, type RefCallback } from "react";

/**
 * A ref that gives an element the focus once, when it comes on screen. In a dialog it keeps the focus off the close button, whose
 * tooltip would take the first Escape.
 */
export function useFocusFirst<E extends HTMLElement>(): RefCallback<E> {
  return useCallback((element: E | null) => element?.focus(), []);
}
