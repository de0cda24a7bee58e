import type { ReactNode } from "react";

/** One line of a dropdown or context menu. */
export type MenuEntry =
  | "separator"
  | { heading: string }
  | {
      label: string;
      icon?: ReactNode;
      shortcut?: string;
      danger?: boolean;
      disabled?: boolean;
      /** Draws a tick: the entry is a choice and this is the current one. */
      checked?: boolean;
      onSelect: () => void;
    }
  | { label: string; icon?: ReactNode; entries: MenuEntry[] };
