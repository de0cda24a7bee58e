// Panels side by side or stacked, resized by dragging or by keyboard; sizes are remembered per browser.
import type { ReactNode } from "react";
import {
  Group,
  Panel as RawPanel,
  Separator,
  useDefaultLayout,
  usePanelRef,
  type PanelProps,
} from "react-resizable-panels";
import { cx } from "./cx.ts";

export { usePanelRef };

interface PanelsProps {
  /** Names the remembered layout. */
  id: string;
  orientation?: "horizontal" | "vertical";
  /** The ids of the panels now shown; needed when panels come and go, so that each set has its own sizes. */
  panelIds?: string[];
  className?: string;
  children: ReactNode;
}

export function Panels({ id, orientation = "horizontal", panelIds, className, children }: PanelsProps) {
  const layout = useDefaultLayout({ id: `runboard.panels.${id}`, panelIds, storage: localStorage });
  return (
    <Group
      id={id}
      orientation={orientation}
      defaultLayout={layout.defaultLayout}
      onLayoutChanged={layout.onLayoutChanged}
      className={cx("min-h-0 min-w-0", className)}
    >
      {children}
    </Group>
  );
}

/** Sizes: a number is pixels, a string may carry its unit ("30%"). `collapsible` panels close when dragged under `minSize`. */
export function Panel({ className, ...rest }: PanelProps) {
  return <RawPanel className={cx("min-h-0 min-w-0", className)} {...rest} />;
}

/** The line between two panels. */
export function PanelSeparator({ label }: { label: string }) {
  return (
    <Separator
      aria-label={label}
      className="relative z-10 shrink-0 bg-line transition-colors duration-100 hover:bg-accent focus-visible:bg-accent data-[separator=active]:bg-accent aria-[orientation=horizontal]:h-px aria-[orientation=vertical]:w-px"
    />
  );
}
