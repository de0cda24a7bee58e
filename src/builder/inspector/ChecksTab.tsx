// Verifiers: what must be true of a node's output before anything goes on.
import { Plus, X } from "lucide-react";
import type { CanvasNode } from "../../core/canvas.ts";
import type { Verifier } from "../../core/plan.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useBuilder } from "../builder-context.tsx";
import { freeKey, keyFromTitle } from "../edit/keys.ts";
import { patchNode } from "../edit/nodes.ts";
import { useProblem } from "./field-context.tsx";
import { SchemaEditor } from "./SchemaEditor.tsx";
import { SmartText } from "./SmartText.tsx";

/** The config a new check starts with. */
function startOf(kind: Verifier["kind"]): Verifier["config"] {
  return kind === "expr" ? { expr: "output != null" } : { schema: { type: "object" } };
}

export function ChecksTab({ node }: { node: CanvasNode }) {
  const edit = useBuilder((state) => state.edit);
  const keep = (verifiers: Verifier[], group?: string) =>
    edit(
      (doc) => patchNode(doc, node.id, (entry) => ({ ...entry, verifiers })),
      group && `${node.id}.${group}`,
    );
  const add = (kind: "expr" | "json_schema") => {
    const name = freeKey("check", new Set(node.verifiers.map((verifier) => verifier.name)));
    const config = startOf(kind);
    keep([...node.verifiers, { name, kind, config, required: true, timeoutMs: 15_000 }]);
  };
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">
        The output is always checked against the node's ports. Add what else must hold; every check leaves a
        proof.
      </p>
      {node.verifiers.map((verifier, index) => (
        <Check
          key={index}
          verifier={verifier}
          path={`verifiers.${verifier.name}`}
          onChange={(next) => keep(node.verifiers.with(index, next), `verifiers[${index}]`)}
          onRemove={() => keep(node.verifiers.filter((_, at) => at !== index))}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button size="sm" icon={<Plus />} onClick={() => add("expr")}>
          Add expression check
        </Button>
        <Button size="sm" icon={<Plus />} onClick={() => add("json_schema")}>
          Add schema check
        </Button>
      </div>
    </div>
  );
}

interface CheckProps {
  verifier: Verifier;
  path: string;
  onChange: (verifier: Verifier) => void;
  onRemove: () => void;
}

function Check({ verifier, path, onChange, onRemove }: CheckProps) {
  const problem = useProblem(path);
  const expr = verifier.config["expr"];
  return (
    <section
      aria-label={`Check ${verifier.name}`}
      className="rounded-control border border-line bg-panel p-2"
    >
      <div className="mb-1.5 flex items-center gap-1">
        <Input
          mono
          aria-label="Name of the check"
          key={verifier.name}
          defaultValue={verifier.name}
          onBlur={(event) => onChange({ ...verifier, name: keyFromTitle(event.target.value) })}
        />
        <Select
          aria-label="Kind of check"
          className="w-36 shrink-0"
          value={verifier.kind}
          options={[
            { value: "expr", label: "expression" },
            { value: "json_schema", label: "JSON Schema" },
          ]}
          onChange={(kind) =>
            onChange({
              ...verifier,
              kind,
              config: startOf(kind),
            })
          }
        />
        <IconButton size="sm" label={`Remove ${verifier.name}`} icon={<X />} onClick={onRemove} />
      </div>
      {verifier.kind === "expr" ? (
        <SmartText
          language="expression"
          label="Condition"
          path={`${path}.config.expr`}
          value={typeof expr === "string" ? expr : ""}
          placeholder="output.body.total >= 0"
          onChange={(next) => onChange({ ...verifier, config: { ...verifier.config, expr: next } })}
        />
      ) : (
        <SchemaEditor
          label={`Schema of ${verifier.name}`}
          value={verifier.config["schema"]}
          onChange={(schema) =>
            onChange({ ...verifier, config: { ...verifier.config, schema: schema ?? {} } })
          }
        />
      )}
      {problem !== undefined && (
        <p role="alert" className="mt-1 text-sm text-failed">
          {problem}
        </p>
      )}
      <div className="mt-1.5 flex items-center gap-2 text-sm text-muted">
        <Switch
          aria-label={`${verifier.name} is required`}
          checked={verifier.required}
          onCheckedChange={(required) => onChange({ ...verifier, required })}
        />
        {verifier.required ? "Fails the step" : "Only warns"}
      </div>
    </section>
  );
}
