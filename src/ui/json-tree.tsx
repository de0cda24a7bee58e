// A JSON value as a tree: search, copy path, copy value. Only the rows in sight are drawn.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronRight, Search } from "lucide-react";
import { useMemo, useState } from "react";
import type { Json } from "../core/json.ts";
import { CopyButton } from "./copy-button.tsx";
import { cx } from "./cx.ts";
import { Input } from "./input.tsx";
import { jsonRows, type JsonRow } from "./json-rows.ts";
import { JsonScalar } from "./json-scalar.tsx";
import { isLong, LongText } from "./long-text.tsx";
import { useRoving } from "./use-roving.ts";

const rowHeight = 24;

interface JsonTreeProps {
  value: Json;
  /** Put before the copied paths, e.g. `steps.fetch.output`. */
  root?: string;
  /** Pixels the tree may take before it scrolls. */
  maxHeight?: number;
  /** Leaves out the search line; for values known to be small. */
  bare?: boolean;
  label?: string;
  className?: string;
}

export function JsonTree({
  value,
  root = "",
  maxHeight = 420,
  bare = false,
  label = "JSON",
  className,
}: JsonTreeProps) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [search, setSearch] = useState("");
  const rows = useMemo(() => jsonRows(value, toggled, search), [value, toggled, search]);
  const list = useRoving<HTMLElement>();
  const scroller = list.ref;
  // oxlint-disable-next-line react/incompatible-library -- its functions are called here and handed to nobody
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialRect: { width: 400, height: maxHeight },
  });
  const toggle = (path: string) => {
    setToggled((before) => {
      const after = new Set(before);
      if (!after.delete(path)) after.add(path);
      return after;
    });
  };
  return (
    <div className={cx("min-w-0 overflow-hidden rounded-control border border-line bg-inset", className)}>
      {!bare && (
        <div className="flex items-center gap-1 border-b border-line p-1">
          <Input
            icon={<Search />}
            value={search}
            placeholder="Search"
            aria-label={`Search in ${label}`}
            className="h-6 border-transparent bg-transparent text-sm hover:border-transparent"
            onChange={(event) => setSearch(event.target.value)}
          />
          <CopyButton text={() => JSON.stringify(value, null, 2)} label="Copy all" />
        </div>
      )}
      <section
        {...list}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reachable by keyboard
        tabIndex={0}
        aria-label={label}
        style={{ height: Math.min(maxHeight, Math.max(1, rows.length) * rowHeight + 8) }}
        className="overflow-auto py-1 font-mono text-sm focus-visible:-outline-offset-2"
      >
        {rows.length === 0 && <p className="px-3 font-sans text-muted">Nothing here contains “{search}”.</p>}
        <div className="relative min-w-full" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <div
                key={row.path}
                style={{ height: rowHeight, transform: `translateY(${item.start}px)` }}
                className="absolute inset-x-0 top-0"
              >
                <TreeRow row={row} root={root} onToggle={toggle} />
              </div>
            );
          })}
        </div>
      </section>
    </div>
  );
}

function TreeRow({ row, root, onToggle }: { row: JsonRow; root: string; onToggle: (path: string) => void }) {
  const branch = row.size !== undefined && row.size > 0;
  const fullPath =
    root === "" || row.path === ""
      ? root + row.path
      : row.path.startsWith("[")
        ? root + row.path
        : `${root}.${row.path}`;
  return (
    <div
      style={{ paddingLeft: 2 + row.depth * 14 }}
      className={cx(
        "group/json flex h-full items-center gap-0.5 pr-1 hover:bg-hover",
        row.matches && "bg-waiting-soft",
      )}
    >
      <button
        type="button"
        disabled={!branch}
        aria-label={`${row.open ? "Close" : "Open"} ${row.path || "value"}`}
        aria-expanded={branch ? row.open : undefined}
        onClick={() => onToggle(row.path)}
        className={cx(
          "inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-faint",
          !branch && "invisible",
        )}
      >
        <ChevronRight className={cx("size-3 transition-transform duration-100", row.open && "rotate-90")} />
      </button>
      {row.name !== undefined && <span className="shrink-0 text-muted">{row.name}:</span>}
      <span className="min-w-0 flex-1 truncate">
        <JsonScalar row={row} />
      </span>
      {typeof row.value === "string" && isLong(row.value) && <LongText text={row.value} />}
      {fullPath !== "" && (
        <CopyButton
          text={fullPath}
          label="Copy path"
          className="shrink-0 opacity-0 group-focus-within/json:opacity-100 group-hover/json:opacity-100"
        />
      )}
    </div>
  );
}
