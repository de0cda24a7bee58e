import { Copy, Ellipsis, Play, Search, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { ContextMenu } from "../../ui/context-menu.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { DropdownMenu } from "../../ui/dropdown-menu.tsx";
import { Field } from "../../ui/field.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";
import { Kbd } from "../../ui/kbd.tsx";
import type { MenuEntry } from "../../ui/menu-entry.ts";
import { Popover } from "../../ui/popover.tsx";
import { Select } from "../../ui/select.tsx";
import { Sheet } from "../../ui/sheet.tsx";
import { Switch } from "../../ui/switch.tsx";
import { Textarea } from "../../ui/textarea.tsx";
import { showDone, showFailure } from "../../ui/toast.tsx";
import { Shelf } from "./Shelf.tsx";

const nothing = () => {};
const entries: MenuEntry[] = [
  { heading: "Run" },
  { label: "Run from here", icon: <Play />, shortcut: "Mod+Enter", onSelect: nothing },
  { label: "Copy", icon: <Copy />, shortcut: "Mod+C", onSelect: nothing },
  { label: "More", entries: [{ label: "Deeper", onSelect: nothing, checked: true }] },
  { label: "Not now", onSelect: nothing, disabled: true },
  "separator",
  { label: "Delete", icon: <Trash2 />, shortcut: "Backspace", danger: true, onSelect: nothing },
];

export function GalleryControls() {
  const [dialog, setDialog] = useState(false);
  const [sheet, setSheet] = useState(false);
  const [on, setOn] = useState(true);
  const [role, setRole] = useState<"a" | "b">("a");
  return (
    <>
      <Shelf title="Buttons">
        <Button variant="primary" icon={<Play />}>
          Run
        </Button>
        <Button>Save</Button>
        <Button variant="ghost">Cancel</Button>
        <Button variant="danger">Delete</Button>
        <Button variant="primary" busy>
          Publish
        </Button>
        <Button disabled>Disabled</Button>
        <Button size="sm">Small</Button>
        <Button size="lg">Large</Button>
        <IconButton label="More" icon={<Ellipsis />} shortcut="Mod+M" />
        <Kbd keys="Mod+Shift+Z" />
      </Shelf>
      <Shelf title="Fields">
        <Field label="Title" help="Shown on the card." className="w-64">
          {(control) => <Input {...control} defaultValue="Fetch the page" />}
        </Field>
        <Field label="URL" error="This is not a complete address." className="w-64">
          {(control) => <Input {...control} mono defaultValue="htp:/example" />}
        </Field>
        <Field label="Filter" optional className="w-64">
          {(control) => <Input {...control} icon={<Search />} placeholder="Search" />}
        </Field>
        <Field label="Notes" className="w-64">
          {(control) => <Textarea {...control} defaultValue="Several lines of text." />}
        </Field>
        <Field label="Role" className="w-48">
          {(control) => (
            <Select
              {...control}
              value={role}
              onChange={setRole}
              options={[
                { value: "a", label: "Operator", hint: "Start, cancel, retry, decide" },
                { value: "b", label: "Viewer", hint: "Look, and nothing else" },
              ]}
            />
          )}
        </Field>
        <Switch aria-label="On" checked={on} onCheckedChange={setOn} />
        <Switch aria-label="Off" checked={!on} onCheckedChange={(next) => setOn(!next)} />
        <Checkbox aria-label="Chosen" checked={on} onCheckedChange={(next) => setOn(next === true)} />
        <Checkbox aria-label="Partly" checked="indeterminate" />
      </Shelf>
      <Shelf title="What floats">
        <DropdownMenu entries={entries} trigger={<Button>Menu</Button>} />
        <Popover trigger={<Button>Popover</Button>}>
          <p className="w-56">Floats next to what opened it.</p>
        </Popover>
        <Button onClick={() => setDialog(true)}>Dialog</Button>
        <Button onClick={() => setSheet(true)}>Sheet</Button>
        <Button onClick={() => showDone("Archived: Site check", { action: { label: "Undo", run: nothing } })}>
          Toast
        </Button>
        <Button
          onClick={() =>
            showFailure("“Site check” was not changed", new Error("Your role does not allow this."))
          }
        >
          Failure
        </Button>
        <ContextMenu entries={entries}>
          <div className="rounded-control border border-dashed border-line-strong px-3 py-1 text-muted">
            Right-click here
          </div>
        </ContextMenu>
      </Shelf>
      <Dialog
        open={dialog}
        onOpenChange={setDialog}
        title="Publish version 4"
        description="Runs started from now on take it; runs under way keep theirs."
        footer={<Button variant="primary">Publish</Button>}
      />
      <Sheet
        open={sheet}
        onOpenChange={setSheet}
        title="Tools of Practice server"
        description="Read 3 min ago."
      >
        <p>A panel from the right.</p>
      </Sheet>
    </>
  );
}
