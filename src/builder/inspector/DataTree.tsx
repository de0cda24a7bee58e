// Everything the fields above may name. Drag an entry into a field, or press it to insert it where you last typed.
import { ChevronRight, Search } from "lucide-react";
import { useMemo, useState } from "react";
import { cx } from "../../ui/cx.ts";
import { Input } from "../../ui/input.tsx";
import { showNote } from "../../ui/toast.tsx";
import type { DataEntry, DataGroup } from "./available.ts";
import { pathDragType, useFieldScope } from "./field-context.tsx";

function matching(entries: readonly DataEntry[], wanted: string): DataEntry[] {
  return entries.flatMap((entry) => {
    const children = matching(entry.children, wanted);
    return entry.path.toLowerCase().includes(wanted) ||
      entry.name.toLowerCase().includes(wanted) ||
      children.length > 0
      ? [{ ...entry, children: children.length > 0 ? children : entry.children }]
      : [];
  });
}

export function DataTree({ groups }: { groups: readonly DataGroup[] }) {
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const shown = useMemo(
    () =>
      wanted === ""
        ? groups
        : groups
            .map((group) => ({ ...group, entries: matching(group.entries, wanted) }))
            .filter((group) => group.entries.length > 0),
    [groups, wanted],
  );
  return (
    <section aria-label="Available data" className="border-t border-line pt-3">
      <div className="mb-1.5 flex items-center justify-between gap-2">
        <h3 className="shrink-0 text-sm font-medium">Available data</h3>
        <Input
          icon={<Search />}
          aria-label="Search available data"
          placeholder="Search"
          className="h-6 text-sm"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <p className="mb-2 text-sm text-faint">Drag into a field, or press to insert at the cursor.</p>
      <div className="flex flex-col gap-2">
        {shown.map((group) => (
          <div key={group.title}>
            <h4 className="text-xs text-faint">{group.title}</h4>
            <ul role="tree" aria-label={group.title}>
              {group.entries.map((entry) => (
                <Entry key={entry.path} entry={entry} depth={0} open={wanted !== ""} />
              ))}
            </ul>
          </div>
        ))}
      </div>
    </section>
  );
}

function Entry({ entry, depth, open: forced }: { entry: DataEntry; depth: number; open: boolean }) {
  const { insert } = useFieldScope();
  const [toggled, setToggled] = useState<boolean | null>(null);
  const isStep = entry.nodeId !== undefined;
  const open = toggled ?? (forced || (isStep && depth === 0));
  const branch = entry.children.length > 0;
  const pick = () => {
    if (isStep) return setToggled(!open);
    if (!insert(entry.path)) {
      void navigator.clipboard.writeText(entry.path).catch(() => undefined);
      showNote(`${entry.path} copied`, {
        description: "Focus a text or expression field first to insert it there.",
      });
    }
  };
  return (
    <li
      role="treeitem"
      aria-expanded={branch ? open : undefined}
      aria-label={entry.path}
      aria-selected={false}
    >
      <div
        draggable={!isStep}
        style={{ paddingLeft: depth * 14 }}
        className="flex h-6 items-center rounded-control hover:bg-hover"
        onDragStart={(event) => {
          event.dataTransfer.setData(pathDragType, entry.path);
          event.dataTransfer.setData("text/plain", entry.path);
          event.dataTransfer.effectAllowed = "copy";
        }}
      >
        <button
          type="button"
          tabIndex={branch ? 0 : -1}
          aria-label={`${open ? "Close" : "Open"} ${entry.name}`}
          className={cx(
            "inline-flex size-5 shrink-0 items-center justify-center text-faint",
            !branch && "invisible",
          )}
          onClick={() => setToggled(!open)}
        >
          <ChevronRight
            className={cx("size-3 transition-transform duration-100", open && "rotate-90")}
            aria-hidden
          />
        </button>
        <button
          type="button"
          title={isStep ? undefined : `Insert ${entry.path}`}
          className="flex min-w-0 flex-1 items-center gap-2 pr-1 text-left"
          onClick={pick}
        >
          {!isStep && <span className="sr-only">Insert</span>}
          <span className={cx("truncate", isStep ? "font-medium" : "font-mono text-sm")}>{entry.name}</span>
          <span className="ml-auto truncate text-xs text-faint">{entry.type}</span>
        </button>
      </div>
      {branch && open && (
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- what a branch of a tree is called
        <ul role="group">
          {entry.children.map((child) => (
            <Entry key={child.path} entry={child} depth={depth + 1} open={forced} />
          ))}
        </ul>
      )}
    </li>
  );
}
