// Every key, from the list of commands itself.
import { Dialog } from "../../ui/dialog.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import { useBuilder } from "../builder-context.tsx";
import { commands } from "../commands.ts";
import { useFocusFirst } from "../use-focus-first.ts";

const further: { label: string; keys: string[] }[] = [
  { label: "Walk the graph", keys: ["←", "→", "↑", "↓"] },
  { label: "Select along the graph", keys: ["Shift+→"] },
  { label: "Move the selection", keys: ["Alt+→"] },
  { label: "Copy, cut, paste", keys: ["Mod+C", "Mod+X", "Mod+V"] },
  { label: "Let go of the selection", keys: ["Esc"] },
  { label: "Command palette", keys: ["Mod+K"] },
];

export function HelpDialog() {
  const set = useBuilder((state) => state.set);
  const content = useFocusFirst<HTMLDivElement>();
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Dialog open size="lg" onOpenChange={(open) => !open && set({ dialog: null })} title="Keyboard shortcuts">
      <div ref={content} tabIndex={-1} className="columns-1 outline-none gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-sm font-medium text-muted">{group}</h3>
            <dl>
              {commands
                .filter((command) => command.group === group && command.shortcut !== undefined)
                .map((command) => (
                  <Line key={command.id} label={command.label} keys={command.shortcut?.split(" ") ?? []} />
                ))}
            </dl>
          </section>
        ))}
        <section className="mb-4 break-inside-avoid">
          <h3 className="mb-1 text-sm font-medium text-muted">Move about</h3>
          <dl>
            {further.map((entry) => (
              <Line key={entry.label} {...entry} />
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}

function Line({ label, keys }: { label: string; keys: readonly string[] }) {
  return (
    <div className="flex h-7 items-center justify-between gap-4 border-b border-line">
      <dt className="truncate">{label}</dt>
      <dd className="flex gap-2">
        {keys.map((way) => (
          <Kbd key={way} keys={way.replace("ArrowRight", "→").replace("ArrowLeft", "←")} />
        ))}
      </dd>
    </div>
  );
}
