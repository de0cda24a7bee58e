// The bar over the canvas: where one is, whether it is stored, what is wrong, and the two verbs that matter.
import { CircleCheck, PanelLeft, PanelRight, Play, Redo2, TriangleAlert, Undo2, Upload } from "lucide-react";
import { useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { useBuilder, useBuilderValue, useHistory } from "../builder-context.tsx";
import type { Autosave } from "../autosave.ts";
import type { CommandContext } from "../command.ts";
import { commandOf } from "../commands.ts";
import { SaveStatus } from "./SaveStatus.tsx";

interface TopBarProps {
  autosave: () => Autosave | null;
  context: () => CommandContext;
  onTitle: (title: string) => void;
  /** True when the draft differs from the live version. */
  changed: boolean | null;
}

export function TopBar({ autosave, context, onTitle, changed }: TopBarProps) {
  const { workflow } = useBuilderValue();
  const { canUndo, canRedo } = useHistory();
  const dialog = useBuilder((state) => state.set);
  return (
    <header className="@container/bar flex h-12 shrink-0 items-center gap-2 border-b border-line bg-panel px-3">
      <IconButton
        label="Show or hide the node list"
        shortcut="["
        side="bottom"
        icon={<PanelLeft />}
        onClick={() => void commandOf("palette").run(context())}
      />
      <Title title={workflow.title} onTitle={onTitle} />
      <span className="hidden shrink-0 @sm/bar:contents">
        <Version live={workflow.liveVersion} changed={changed} />
      </span>
      <span className="mx-1 hidden h-4 w-px shrink-0 bg-line @xl/bar:block" />
      <SaveStatus autosave={autosave} />
      <span className="flex-1" />
      <Problems />
      {/* The keys and the canvas's menu do the same where there is no room. */}
      <span className="hidden shrink-0 items-center gap-2 @lg/bar:flex">
        <IconButton
          label="Undo"
          shortcut="Mod+Z"
          side="bottom"
          icon={<Undo2 />}
          disabled={!canUndo}
          onClick={() => void commandOf("undo").run(context())}
        />
        <IconButton
          label="Redo"
          shortcut="Mod+Shift+Z"
          side="bottom"
          icon={<Redo2 />}
          disabled={!canRedo}
          onClick={() => void commandOf("redo").run(context())}
        />
        <span className="mx-1 h-4 w-px shrink-0 bg-line" />
      </span>
      <Button icon={<Upload />} aria-label="Publish" onClick={() => dialog({ dialog: "publish" })}>
        <span className="hidden @lg/bar:inline">Publish</span>
      </Button>
      <Button variant="primary" icon={<Play />} onClick={() => dialog({ dialog: "run" })}>
        Run
      </Button>
      <IconButton
        label="Show or hide the inspector"
        shortcut="]"
        side="bottom"
        icon={<PanelRight />}
        onClick={() => void commandOf("inspector").run(context())}
      />
    </header>
  );
}

function Title({ title, onTitle }: { title: string; onTitle: (title: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const keep = () => {
    const next = typed?.trim() ?? "";
    if (next !== "" && next !== title) onTitle(next);
    setTyped(null);
  };
  return (
    <h1 className="min-w-0">
      <input
        aria-label="Workflow title"
        value={typed ?? title}
        maxLength={120}
        className="h-7 w-full max-w-80 field-sizing-content truncate rounded-control border border-transparent bg-transparent px-1.5 text-lg font-semibold hover:border-line focus:border-accent focus:outline-none"
        onChange={(event) => setTyped(event.target.value)}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
          if (event.key === "Escape") {
            setTyped(null);
            event.stopPropagation();
          }
        }}
      />
    </h1>
  );
}

function Version({ live, changed }: { live: number | null; changed: boolean | null }) {
  if (live === null) return <Badge title="Nothing is published yet, so nothing can start it">draft</Badge>;
  return (
    <span className="flex shrink-0 items-center gap-1.5">
      <Badge mono tone="succeeded" title={`Version ${live} is live`}>
        v{live}
      </Badge>
      {changed === true && (
        <span
          className="text-sm whitespace-nowrap text-muted"
          title="The draft has changes that are not published"
        >
          + changes
        </span>
      )}
    </span>
  );
}

function Problems() {
  const diagnostics = useBuilder((state) => state.compiled.diagnostics);
  const compiled = useBuilder((state) => state.compiled.doc !== null);
  const open = useBuilder((state) => state.problemsOpen);
  const set = useBuilder((state) => state.set);
  const errors = diagnostics.filter((entry) => entry.severity === "error").length;
  const warnings = diagnostics.filter((entry) => entry.severity === "warning").length;
  const words =
    errors + warnings === 0
      ? "No problems"
      : [
          errors > 0 && `${errors} ${errors === 1 ? "error" : "errors"}`,
          warnings > 0 && `${warnings} ${warnings === 1 ? "warning" : "warnings"}`,
        ]
          .filter(Boolean)
          .join(", ");
  if (!compiled) return null;
  return (
    <Button
      variant="ghost"
      aria-expanded={open}
      aria-label={`Problems: ${words}`}
      icon={
        errors > 0 ? (
          <TriangleAlert className="text-failed" />
        ) : warnings > 0 ? (
          <TriangleAlert className="text-waiting" />
        ) : (
          <CircleCheck className="text-succeeded" />
        )
      }
      onClick={() => set({ problemsOpen: !open })}
    >
      <span className="hidden @3xl/bar:inline">{words}</span>
      <span className="tabular @3xl/bar:hidden">{errors + warnings}</span>
    </Button>
  );
}
