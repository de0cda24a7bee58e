import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { lanesQuery, setLane, useLanes, type LanePatch, type LaneRow } from "../../data/workspaces.ts";
import { Input } from "../../ui/input.tsx";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Switch } from "../../ui/switch.tsx";
import { showFailure } from "../../ui/toast.tsx";

/** Titles, colours, limits and pauses; each change is stored when its field is left. */
export function LaneSettings({ workspaceId, editable }: { workspaceId: string; editable: boolean }) {
  const queries = useQueryClient();
  const { data: lanes } = useLanes(workspaceId);
  if (!lanes) return <SkeletonRows rows={4} />;
  const change = async (lane: LaneRow, patch: LanePatch) => {
    const { queryKey } = lanesQuery(workspaceId);
    queries.setQueryData<LaneRow[]>(queryKey, (rows) =>
      rows?.map((one) => (one.name === lane.name ? { ...one, ...patch } : one)),
    );
    try {
      await setLane(workspaceId, lane.name, patch);
    } catch (thrown) {
      showFailure(`Lane ${lane.name} was not changed`, thrown);
    }
    await queries.invalidateQueries({ queryKey });
  };
  return (
    <div
      role="table"
      aria-label="Lanes"
      className="overflow-hidden rounded-card border border-line bg-raised"
    >
      <div
        role="row"
        className={`${rowGrid} h-8 border-b border-line bg-panel text-sm font-medium text-muted`}
      >
        <span role="columnheader">Lane</span>
        <span role="columnheader">Title</span>
        <span role="columnheader">Limit</span>
        <span role="columnheader">Paused</span>
      </div>
      {lanes.map((lane) => (
        <LaneLine
          key={lane.name}
          lane={lane}
          editable={editable}
          onChange={(patch) => void change(lane, patch)}
        />
      ))}
      {!editable && (
        <p className="border-t border-line px-4 py-2 text-sm text-muted">Only owners change lanes.</p>
      )}
    </div>
  );
}

const rowGrid = "grid grid-cols-[64px_minmax(0,1fr)_96px_56px] items-center gap-4 px-4";

interface LaneLineProps {
  lane: LaneRow;
  editable: boolean;
  onChange: (patch: LanePatch) => void;
}

function LaneLine({ lane, editable, onChange }: LaneLineProps) {
  return (
    <div role="row" className={`${rowGrid} h-11 not-last:border-b border-line`}>
      <span role="cell" className="flex items-center gap-2 font-mono">
        <input
          type="color"
          aria-label={`Colour of lane ${lane.name}`}
          disabled={!editable}
          defaultValue={lane.colour}
          onBlur={(event) => event.target.value !== lane.colour && onChange({ colour: event.target.value })}
          className="size-5 shrink-0 appearance-none rounded-sm border-0 bg-transparent p-0 [&::-webkit-color-swatch]:rounded-sm [&::-webkit-color-swatch]:border-0 [&::-webkit-color-swatch-wrapper]:p-0"
        />
        {lane.name}
      </span>
      <span role="cell">
        <CommitInput
          label={`Title of lane ${lane.name}`}
          value={lane.title}
          disabled={!editable}
          onCommit={(title) => title.trim() !== "" && onChange({ title })}
        />
      </span>
      <span role="cell">
        <CommitInput
          label={`Limit of lane ${lane.name}`}
          value={lane.wipLimit === null ? "" : String(lane.wipLimit)}
          placeholder="None"
          numeric
          disabled={!editable}
          onCommit={(text) =>
            onChange({ wipLimit: text === "" ? null : Math.max(1, Math.floor(Number(text))) })
          }
        />
      </span>
      <span role="cell" className="flex">
        <Switch
          aria-label={`Pause lane ${lane.name}`}
          checked={lane.paused}
          disabled={!editable}
          onCheckedChange={(paused) => onChange({ paused })}
        />
      </span>
    </div>
  );
}

interface CommitInputProps {
  label: string;
  value: string;
  placeholder?: string;
  numeric?: boolean;
  disabled: boolean;
  onCommit: (value: string) => void;
}

/** Stores on Enter or when left; Escape takes the change back. */
function CommitInput({ label, value, placeholder, numeric = false, disabled, onCommit }: CommitInputProps) {
  const [text, setText] = useState<string>();
  const commit = () => {
    if (text !== undefined && text !== value) onCommit(text);
    setText(undefined);
  };
  return (
    <Input
      aria-label={label}
      placeholder={placeholder}
      inputMode={numeric ? "numeric" : undefined}
      disabled={disabled}
      value={text ?? value}
      className={numeric ? "tabular" : ""}
      onChange={(event) => setText(numeric ? event.target.value.replace(/\D/g, "") : event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") setText(undefined);
      }}
    />
  );
}
