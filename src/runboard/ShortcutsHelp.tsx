import { Dialog } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";

export type Shortcut = [keys: string[], what: string];

export const boardShortcuts: Shortcut[] = [
  [["J", "K"], "Next and previous run"],
  [["←", "→"], "The column beside"],
  [["Enter"], "Open the run"],
  [["R"], "Retry"],
  [["X"], "Cancel the run"],
  [["Space"], "Select for a verb on many"],
  [["Shift+←", "Shift+→"], "Move the run to the lane beside"],
  [["/"], "Search"],
  [["Escape"], "Clear the selection"],
  [["Shift+?"], "This list"],
];

export const runShortcuts: Shortcut[] = [
  [["↑", "↓"], "Previous and next step"],
  [["E", "W"], "Unfold and fold"],
  [["R"], "Retry the run"],
  [["P"], "Pause the run, or let it go on"],
  [["X"], "Cancel the run"],
  [["1", "2", "3"], "Canvas, timeline and step panel: open or close"],
  [["Shift+?"], "This list"],
];

interface ShortcutsHelpProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  shortcuts: readonly Shortcut[];
}

/** The keys of a page. */
export function ShortcutsHelp({ open, onOpenChange, shortcuts }: ShortcutsHelpProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard" size="sm">
      <dl className="divide-y divide-line">
        {shortcuts.map(([keys, what]) => (
          <div key={what} className="flex h-8 items-center justify-between gap-4">
            <dt className="text-muted">{what}</dt>
            <dd className="flex gap-1.5">
              {keys.map((key) => (
                <Kbd key={key} keys={key} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
