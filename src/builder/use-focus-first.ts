import { useEffect, useRef, type RefObject } from "react";

/** Gives an element the focus once, when it comes on screen. */
export function useFocusFirst<E extends HTMLElement>(): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => element.current?.focus(), []);
  return element;
}
