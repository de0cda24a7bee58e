// The line above the columns: what is shown, how, and whether it is live.
import { Columns3, ListChecks, ListFilter, Search, X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { RunStatus } from "../core/run.ts";
import { cx } from "../ui/cx.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Input } from "../ui/input.tsx";
import { SegmentedControl } from "../ui/segmented-control.tsx";
import { Select } from "../ui/select.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { runStatusLook } from "../ui/status.tsx";
import { isFiltered, noFilters, toggleStatus, type BoardFilters } from "./board-filters.ts";

export type BoardViewName = "lanes" | "status";

interface BoardBarProps {
  view: BoardViewName;
  onView: (view: BoardViewName) => void;
  filters: BoardFilters;
  onFilters: (filters: BoardFilters) => void;
  counts: Record<RunStatus, number>;
  workflows: readonly { id: string; title: string }[];
  search: RefObject<HTMLInputElement | null>;
  /** Opens the verbs on every run the filter names; absent without a filter. */
  onActOnAll: (() => void) | undefined;
  /** Nothing is there to be filtered. */
  bare: boolean;
  /** At the right: the connection, and how to start a run. */
  aside: ReactNode;
}

const every = "every";

function StatusChips({
  filters,
  onFilters,
  counts,
}: Pick<BoardBarProps, "filters" | "onFilters" | "counts">) {
  return (
    <fieldset aria-label="Filter by status" className="flex flex-wrap gap-1">
      {RunStatus.options.map((status) => {
        const { label, tone } = runStatusLook[status];
        const on = filters.status.includes(status);
        return (
          <button
            key={status}
            type="button"
            aria-pressed={on}
            aria-label={`${label}: ${counts[status]}`}
            onClick={() => onFilters(toggleStatus(filters, status))}
            title={label}
            className={cx(
              "inline-flex h-7 items-center gap-1.5 rounded-control border px-2 text-sm tabular transition-colors duration-100",
              on
                ? "border-accent bg-accent-soft text-accent-ink"
                : "border-line text-muted hover:border-line-strong hover:text-ink",
              counts[status] === 0 && !on && "text-faint",
            )}
          >
            <StatusIcon
              tone={tone}
              className={cx("size-3.5 animate-none", counts[status] === 0 && "opacity-50")}
            />
            <span className="hidden @[92rem]:inline">{label}</span>
            {counts[status]}
          </button>
        );
      })}
    </fieldset>
  );
}

function Filters({ filters, onFilters, counts, workflows, search, onActOnAll }: BoardBarProps) {
  return (
    // Where one line is too short for everything, the filters take a line of their own.
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 @max-[69rem]:order-last @max-[69rem]:basis-full">
      <div className="w-40">
        <Input
          ref={search}
          icon={<Search />}
          placeholder="Search runs"
          aria-label="Search runs"
          aria-keyshortcuts="/"
          value={filters.text}
          onChange={(event) => onFilters({ ...filters, text: event.target.value })}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
      </div>
      <Select
        aria-label="Filter by workflow"
        className="w-40"
        value={filters.workflow ?? every}
        onChange={(value) => onFilters({ ...filters, workflow: value === every ? null : value })}
        options={[
          { value: every, label: "Every workflow" },
          ...workflows.map(({ id, title }) => ({ value: id, label: title })),
        ]}
      />
      <StatusChips filters={filters} onFilters={onFilters} counts={counts} />
      {isFiltered(filters) && (
        <IconButton label="Clear the filters" icon={<X />} onClick={() => onFilters(noFilters)} />
      )}
      {onActOnAll && (
        <IconButton label="Act on all of these runs" icon={<ListChecks />} onClick={onActOnAll} />
      )}
    </div>
  );
}

export function BoardBar(props: BoardBarProps) {
  const { view, onView, bare, aside } = props;
  return (
    <header className="@container flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3 pb-3">
      <h1 className="text-xl font-semibold">Board</h1>
      <SegmentedControl
        label="Columns"
        value={view}
        onChange={onView}
        segments={[
          { value: "lanes", label: "Lanes", icon: <Columns3 /> },
          { value: "status", label: "Status", icon: <ListFilter /> },
        ]}
      />
      {!bare && <Filters {...props} />}
      <span className="flex-1" />
      {aside}
    </header>
  );
}
