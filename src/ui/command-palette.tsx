import { Command, defaultFilter } from "cmdk";
import { Search } from "lucide-react";
import { Dialog } from "radix-ui";
import { useEffect, useMemo } from "react";
import { Kbd } from "./kbd.tsx";
import { setPaletteOpen, useCommands, usePaletteOpen, type PaletteCommand } from "./palette-commands.ts";
import { useFocusReturn } from "./use-focus-return.ts";

function byGroup(commands: readonly PaletteCommand[]): [string, PaletteCommand[]][] {
  const groups = new Map<string, PaletteCommand[]>();
  for (const command of commands) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  return [...groups];
}

function useShortcut(open: boolean): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "k" ||
        !(event.metaKey || event.ctrlKey) ||
        event.shiftKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      setPaletteOpen(!open);
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [open]);
}

/** Everything one can do here, by name. Cmd/Ctrl-K opens and closes it. */
export function CommandPalette() {
  const open = usePaletteOpen();
  const commands = useCommands();
  const groups = useMemo(() => byGroup(commands), [commands]);
  useShortcut(open);
  const run = (command: PaletteCommand) => {
    setPaletteOpen(false);
    command.run();
  };
  const focus = useFocusReturn();
  return (
    <Dialog.Root open={open} onOpenChange={setPaletteOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 animate-fade bg-overlay" />
        <Dialog.Content
          {...focus}
          aria-describedby={undefined}
          className="fixed top-[14vh] left-1/2 z-50 w-[600px] max-w-[calc(100vw-32px)] -translate-x-1/2 animate-fade overflow-hidden rounded-card border border-line bg-raised shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">Command palette</Dialog.Title>
          <Command
            label="Command palette"
            loop
            filter={(_id, search, words) => defaultFilter(words?.join(" ") ?? "", search)}
          >
            <div className="flex items-center gap-2 border-b border-line px-4">
              <Search className="size-4 shrink-0 text-faint" aria-hidden />
              <Command.Input
                placeholder="Search workflows, pages and commands"
                className="h-11 flex-1 bg-transparent text-lg outline-none"
              />
              <Kbd keys="Esc" />
            </div>
            <Command.List className="max-h-[52vh] overflow-y-auto overscroll-contain p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted">
                Nothing by that name. Try a workflow’s title or a verb.
              </Command.Empty>
              {groups.map(([group, members]) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-sm [&_[cmdk-group-heading]]:text-faint"
                >
                  {members.map((command) => (
                    <Command.Item
                      key={command.id}
                      value={command.id}
                      keywords={[command.title, command.hint ?? "", ...(command.keywords ?? [])]}
                      onSelect={() => run(command)}
                      className="flex h-9 items-center gap-2.5 rounded-control px-2.5 select-none data-[selected=true]:bg-hover [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted"
                    >
                      {command.icon}
                      <span className="truncate">{command.title}</span>
                      {command.hint && <span className="truncate text-sm text-faint">{command.hint}</span>}
                      <span className="flex-1" />
                      {command.shortcut && <Kbd keys={command.shortcut} />}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
