// Which rows of the timeline are open, and which step is chosen.
import { useCallback, useMemo, useState } from "react";
import { instanceKey } from "../core/run-view.ts";
import type { StepRow } from "../data/runs.ts";
import { firstLook } from "./run-facts.ts";
import { indexBodies, treeRows, type TreeRow } from "./step-tree.ts";
import type { Segments } from "./timeline.ts";

export interface RunTree {
  rows: readonly TreeRow[];
  /** Id of the chosen row. */
  chosenRow: string | null;
  chosenStep: StepRow | undefined;
  choose: (row: TreeRow) => void;
  chooseStep: (stepKey: string, itemPath: readonly number[]) => void;
  toggle: (row: TreeRow, open: boolean) => void;
  walk: (by: 1 | -1) => void;
  /** Unfolds or folds everything. */
  fold: (open: boolean) => void;
}

interface Choice {
  row: string;
  step: string;
}

const nothing: ReadonlySet<string> = new Set();

export function useRunTree(
  steps: readonly StepRow[],
  segments: Segments,
  within: ReadonlyMap<string, string>,
  failedStep: string | undefined,
): RunTree {
  const [open, setOpen] = useState<ReadonlySet<string>>(nothing);
  const [choice, setChoice] = useState<Choice | null>(null);
  const bodies = useMemo(() => indexBodies(steps, within), [steps, within]);
  const rows = useMemo(() => treeRows({ bodies, segments, open }), [bodies, segments, open]);
  const chosen = useMemo(
    () => choice && steps.find((step) => instanceKey(step.stepKey, step.itemPath) === choice.step),
    [steps, choice],
  );
  // Until somebody chooses, the page follows what deserves the first look.
  const first = useMemo(() => firstLook(steps, failedStep), [steps, failedStep]);
  const firstId = first ? instanceKey(first.stepKey, first.itemPath) : null;
  const chosenRow = choice?.row ?? rows.find((row) => row.step === first)?.id ?? firstId;
  const chosenStep = chosen ?? first;

  const choose = useCallback(
    (row: TreeRow) => setChoice({ row: row.id, step: instanceKey(row.step.stepKey, row.step.itemPath) }),
    [],
  );
  const chooseStep = useCallback((stepKey: string, itemPath: readonly number[]) => {
    const id = instanceKey(stepKey, itemPath);
    setChoice({ row: id, step: id });
  }, []);
  const toggle = useCallback(
    (row: TreeRow, isOpen: boolean) =>
      setOpen((before) => {
        const after = new Set(before);
        if (isOpen) after.add(row.id);
        else after.delete(row.id);
        return after;
      }),
    [],
  );
  const walk = (by: 1 | -1) => {
    const index = rows.findIndex((row) => row.id === chosenRow);
    const next = rows[Math.min(rows.length - 1, Math.max(0, index + by))];
    if (next) choose(next);
  };
  const fold = (isOpen: boolean) => {
    const branches = rows.flatMap((row) => (row.open === null ? [] : [row.id]));
    setOpen(isOpen ? new Set([...open, ...branches]) : nothing);
  };
  return { rows, chosenRow, chosenStep, choose, chooseStep, toggle, walk, fold };
}
