// The ways out of a branch: a name, a condition, and their order.
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { z } from "zod";
import type { Json } from "../../core/json.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";
import { freeKey, keyFromTitle } from "../edit/keys.ts";
import { useProblem } from "./field-context.tsx";
import { SmartText } from "./SmartText.tsx";
import type { WidgetProps } from "./widgets.tsx";

const Case = z.object({ port: z.string(), expr: z.string(), label: z.string().optional() });
type Case = z.infer<typeof Case>;

export function Cases({ value, onChange, path }: WidgetProps) {
  const parsed = z.array(Case).safeParse(value);
  const cases = parsed.success ? parsed.data : [];
  const keep = (next: Case[]) =>
    onChange(
      next.map(({ port, expr, label }): Json => ({ port, expr, ...(label === undefined ? {} : { label }) })),
    );
  const swap = (a: number, b: number) => {
    const [first, second] = [cases[a], cases[b]];
    if (first && second) keep(cases.with(a, second).with(b, first));
  };
  return (
    <ol className="flex flex-col gap-2" data-path={path}>
      {cases.map((one, index) => (
        <CaseRow
          key={index}
          index={index}
          one={one}
          path={`${path}[${index}]`}
          last={index === cases.length - 1}
          onChange={(next) => keep(cases.with(index, next))}
          onMove={(step) => swap(index, index + step)}
          onRemove={cases.length > 1 ? () => keep(cases.filter((_, at) => at !== index)) : undefined}
        />
      ))}
      <Button
        size="sm"
        variant="ghost"
        className="self-start"
        icon={<Plus />}
        onClick={() =>
          keep([...cases, { port: freeKey("case", new Set(cases.map((one) => one.port))), expr: "true" }])
        }
      >
        Add case
      </Button>
    </ol>
  );
}

interface CaseRowProps {
  index: number;
  one: Case;
  path: string;
  last: boolean;
  onChange: (next: Case) => void;
  onMove: (step: number) => void;
  onRemove: (() => void) | undefined;
}

function CaseRow({ index, one, path, last, onChange, onMove, onRemove }: CaseRowProps) {
  const problem = useProblem(path);
  return (
    <li className="rounded-control border border-line bg-panel p-1.5">
      <div className="mb-1 flex items-center gap-1">
        <span className="w-8 shrink-0 text-sm text-muted">{index === 0 ? "If" : "Else if"}</span>
        <Input
          mono
          aria-label={`Name of case ${index + 1}`}
          title="The name of this way out"
          value={one.port}
          onChange={(event) => onChange({ ...one, port: event.target.value })}
          onBlur={(event) => onChange({ ...one, port: keyFromTitle(event.target.value) })}
        />
        <IconButton
          size="sm"
          label={`Move case ${index + 1} up`}
          icon={<ArrowUp />}
          disabled={index === 0}
          onClick={() => onMove(-1)}
        />
        <IconButton
          size="sm"
          label={`Move case ${index + 1} down`}
          icon={<ArrowDown />}
          disabled={last}
          onClick={() => onMove(1)}
        />
        <IconButton
          size="sm"
          label={`Remove case ${index + 1}`}
          icon={<X />}
          disabled={!onRemove}
          onClick={onRemove}
        />
      </div>
      <SmartText
        language="expression"
        label={`Condition of case ${index + 1}`}
        path={`${path}.expr`}
        value={one.expr}
        placeholder="value > 100"
        onChange={(expr) => onChange({ ...one, expr })}
      />
      {problem !== undefined && (
        <p role="alert" className="mt-1 text-sm text-failed">
          {problem}
        </p>
      )}
    </li>
  );
}
