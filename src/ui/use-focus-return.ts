// What opens over the page without a trigger of its own gives the focus back to where it was.
import { useRef, useState } from "react";

/** The button of the menu an entry was chosen from, since the menu goes as the dialog comes. */
function openerOf(element: Element | null): HTMLElement | null {
  const trigger = element?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const opener = trigger ? document.getElementById(trigger) : element;
  return opener instanceof HTMLElement && opener !== document.body ? opener : null;
}

interface FocusReturn {
  onOpenAutoFocus: (event: Event) => void;
  onCloseAutoFocus: (event: Event) => void;
}

/** For a Radix content. @param takeFocus gives the focus to something in it; left out, Radix does */
export function useFocusReturn(takeFocus?: (event: Event) => void): FocusReturn {
  // A dialog that is drawn only while it is open may have a field that takes the focus before anybody is told that it opened.
  const [atFirst] = useState(() => openerOf(document.activeElement));
  const opener = useRef<HTMLElement>(atFirst);
  return {
    onOpenAutoFocus(event) {
      opener.current = openerOf(document.activeElement);
      takeFocus?.(event);
    },
    onCloseAutoFocus(event) {
      event.preventDefault();
      // Whoever has taken it meanwhile, such as another dialog, keeps it.
      if (document.activeElement === document.body) opener.current?.focus();
    },
  };
}
