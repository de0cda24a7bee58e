// The left panel: every kind by category; drag one onto the canvas, or press it.
import { ChevronRight, Search } from "lucide-react";
import { useMemo, useState } from "react";
import type { Node } from "../../core/node.ts";
import { cx } from "../../ui/cx.ts";
import { KindIcon } from "../../ui/icons.tsx";
import { Input } from "../../ui/input.tsx";
import { Tooltip } from "../../ui/tooltip.tsx";
import { useRoving } from "../../ui/use-roving.ts";
import { useBuilderValue } from "../builder-context.tsx";
import { groupKinds, kindDragType, searchKinds } from "./kinds.ts";

const storageKey = "runboard.palette.closed";

function storedClosed(): Set<string> {
  return new Set((localStorage.getItem(storageKey) ?? "").split(",").filter((entry) => entry !== ""));
}

export function Palette({ onAdd }: { onAdd: (kind: Node) => void }) {
  const { registry } = useBuilderValue();
  const [query, setQuery] = useState("");
  const [closed, setClosed] = useState(storedClosed);
  const groups = useMemo(() => groupKinds(searchKinds(registry, query)), [registry, query]);
  const first = groups[0]?.kinds[0];
  const list = useRoving<HTMLDivElement>();
  const toggle = (category: string) => {
    const next = new Set(closed);
    if (!next.delete(category)) next.add(category);
    localStorage.setItem(storageKey, [...next].join(","));
    setClosed(next);
  };
  return (
    <nav aria-label="Nodes" className="flex h-full flex-col bg-panel">
      <div className="shrink-0 p-2">
        <Input
          icon={<Search />}
          type="search"
          aria-label="Search nodes"
          placeholder="Search nodes"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && first) onAdd(first);
            if (event.key === "Escape") setQuery("");
          }}
        />
      </div>
      <div {...list} className="min-h-0 flex-1 overflow-y-auto px-1.5 pb-3">
        {groups.map((group) => {
          const open = query !== "" || !closed.has(group.category);
          return (
            <section key={group.category} aria-label={group.title} className="mb-1">
              <button
                type="button"
                aria-expanded={open}
                className="flex h-7 w-full items-center gap-1 rounded-control px-1.5 text-sm font-medium text-muted hover:text-ink"
                onClick={() => toggle(group.category)}
              >
                <ChevronRight
                  aria-hidden
                  className={cx("size-3 transition-transform duration-100", open && "rotate-90")}
                />
                {group.title}
              </button>
              {open && group.kinds.map((kind) => <Item key={kind.kind} kind={kind} onAdd={onAdd} />)}
            </section>
          );
        })}
        {groups.length === 0 && <p className="px-3 py-6 text-center text-muted">No node by that name.</p>}
      </div>
    </nav>
  );
}

function Item({ kind, onAdd }: { kind: Node; onAdd: (kind: Node) => void }) {
  return (
    <Tooltip content={kind.summary} side="right">
      <button
        type="button"
        draggable
        className="flex h-8 w-full cursor-grab items-center gap-2 rounded-control px-1.5 text-left text-base hover:bg-hover active:cursor-grabbing"
        onDragStart={(event) => {
          event.dataTransfer.setData(kindDragType, kind.kind);
          event.dataTransfer.effectAllowed = "copy";
        }}
        onClick={() => onAdd(kind)}
      >
        <KindIcon icon={kind.icon} category={kind.category} size="sm" />
        <span className="truncate">{kind.title}</span>
      </button>
    </Tooltip>
  );
}
