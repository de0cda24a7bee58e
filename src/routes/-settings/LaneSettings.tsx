import { useQueryClient } from "@tanstack/react-query";
import { lanesQuery, setLane, useLanes, type LanePatch, type LaneRow } from "../../data/workspaces.ts";
import { SkeletonRows } from "../../ui/skeleton.tsx";
import { Switch } from "../../ui/switch.tsx";
import { Table, TableCell, TableHead, TableRow } from "../../ui/table.tsx";
import { showFailure } from "../../ui/toast.tsx";
import { CommitInput } from "./CommitInput.tsx";

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
    <div className="overflow-hidden rounded-card border border-line bg-raised">
      <Table aria-label="Lanes" className="[&_tr:last-child>td]:border-b-0">
        <colgroup>
          <col className="w-20" />
          <col />
          <col className="w-28" />
          <col className="w-20" />
        </colgroup>
        <thead>
          <tr>
            <TableHead>Lane</TableHead>
            <TableHead>Title</TableHead>
            <TableHead>Limit</TableHead>
            <TableHead>Paused</TableHead>
          </tr>
        </thead>
        <tbody>
          {lanes.map((lane) => (
            <LaneLine
              key={lane.name}
              lane={lane}
              editable={editable}
              onChange={(patch) => void change(lane, patch)}
            />
          ))}
        </tbody>
      </Table>
      {!editable && (
        <p className="border-t border-line px-4 py-2 text-sm text-muted">Only owners change lanes.</p>
      )}
    </div>
  );
}

interface LaneLineProps {
  lane: LaneRow;
  editable: boolean;
  onChange: (patch: LanePatch) => void;
}

function LaneLine({ lane, editable, onChange }: LaneLineProps) {
  return (
    <TableRow className="hover:bg-transparent">
      <TableCell>
        <span className="flex items-center gap-2 font-mono">
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
      </TableCell>
      <TableCell>
        <CommitInput
          label={`Title of lane ${lane.name}`}
          value={lane.title}
          disabled={!editable}
          onCommit={(title) => title.trim() !== "" && onChange({ title })}
        />
      </TableCell>
      <TableCell>
        <CommitInput
          label={`Limit of lane ${lane.name}`}
          value={lane.wipLimit === null ? "" : String(lane.wipLimit)}
          placeholder="None"
          numeric
          disabled={!editable}
          onCommit={(text) => onChange({ wipLimit: text === "" ? null : Math.max(1, Number(text)) })}
        />
      </TableCell>
      <TableCell>
        <Switch
          className="align-middle"
          aria-label={`Pause lane ${lane.name}`}
          checked={lane.paused}
          disabled={!editable}
          onCheckedChange={(paused) => onChange({ paused })}
        />
      </TableCell>
    </TableRow>
  );
}
