// Verifiers: what must be true of a node's output before anything goes on. They are added, ordered, set up and removed here.
import { Plus } from "lucide-react";
import type { CanvasNode } from "../../core/canvas.ts";
import { VerifierKind, type Verifier } from "../../core/plan.ts";
import { verifierKinds } from "../../core/verifier-kinds.ts";
import { Button } from "../../ui/button.tsx";
import { DropdownMenu } from "../../ui/dropdown-menu.tsx";
import { useBuilder } from "../builder-context.tsx";
import { freeKey } from "../edit/keys.ts";
import { patchNode } from "../edit/nodes.ts";
import { CheckCard } from "./CheckCard.tsx";

/** The order in which kinds are offered: from what costs nothing to what costs people's time. */
export const offered: readonly VerifierKind[] = [
  "expr",
  "json_schema",
  "checksum",
  "http",
  "sql",
  "llm_judge",
  "approval",
];

export function ChecksTab({ node }: { node: CanvasNode }) {
  const edit = useBuilder((state) => state.edit);
  const { verifiers } = node;
  const keep = (next: Verifier[], group?: string) =>
    edit(
      (doc) => patchNode(doc, node.id, (entry) => ({ ...entry, verifiers: next })),
      group && `${node.id}.${group}`,
    );
  const add = (kind: VerifierKind) => {
    const taken = new Set(["ports", ...verifiers.map((verifier) => verifier.name)]);
    const { start, timeoutMs } = verifierKinds[kind];
    const name = freeKey(nameOf[kind], taken);
    keep([...verifiers, { name, kind, config: start, required: true, timeoutMs }]);
  };
  const move = (from: number, to: number) => {
    const moved = verifiers[from];
    if (!moved || to < 0 || to >= verifiers.length) return;
    keep(verifiers.toSpliced(from, 1).toSpliced(to, 0, moved));
  };
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">
        {verifiers.length === 0
          ? "The output is always checked against the node's ports. Add what else must hold before anything goes on; every check leaves a proof."
          : "Checked after the ports, in this order; people are asked last. A check that cannot reach its target is made again without the work."}
      </p>
      {verifiers.map((verifier, index) => (
        <CheckCard
          key={index}
          verifier={verifier}
          place={{ index, of: verifiers.length }}
          onChange={(next, field) => keep(verifiers.with(index, next), `verifiers[${index}].${field}`)}
          onMove={(to) => move(index, to)}
          onRemove={() => keep(verifiers.toSpliced(index, 1))}
        />
      ))}
      <DropdownMenu
        trigger={
          <Button size="sm" icon={<Plus />} className="self-start">
            Add check
          </Button>
        }
        entries={offered.map((kind) => ({
          label: `${verifierKinds[kind].title}: ${lowerFirst(verifierKinds[kind].summary)}`,
          onSelect: () => add(kind),
        }))}
      />
    </div>
  );
}

/** What a new check is called until somebody says better. */
const nameOf: Record<VerifierKind, string> = {
  expr: "condition",
  json_schema: "shape",
  http: "answer",
  llm_judge: "judge",
  checksum: "checksum",
  sql: "query",
  approval: "people",
};

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, "");
}
