// When a node runs, how long it may take, and what happens when it fails.
import type { CanvasNode } from "../../core/canvas.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Node } from "../../core/node.ts";
import { Effect, OnFailure, type RetryPolicy } from "../../core/plan.ts";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { Switch } from "../../ui/switch.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { patchNode } from "../edit/nodes.ts";
import { BindingField } from "./BindingField.tsx";
import { Duration } from "./Duration.tsx";
import { useProblem } from "./field-context.tsx";
import { RollbackFields } from "./RollbackFields.tsx";
import { SmartText } from "./SmartText.tsx";

const failureChoices = {
  fail_run: { label: "The run fails", hint: "Running steps finish, nothing more starts" },
  continue: { label: "The run goes on", hint: "Steps that need this one are skipped" },
  catch: { label: "The failed wire is taken", hint: "Draw a wire from this node's failed port" },
} satisfies Record<OnFailure, { label: string; hint: string }>;

const effectChoices = {
  pure: "Touches nothing outside",
  read: "Only looks outside",
  idempotent: "Changes something; a repeat is harmless",
  at_most_once: "Changes something; a repeat would be seen",
} satisfies Record<Effect, string>;

/** What the deadline covers. */
function deadlineLabel({ role, body }: Node): string {
  if (role !== "container") return "Time limit of all attempts and waits";
  return body === "turns" ? "Time limit of all turns" : "Time limit of all items";
}

const asKind = "(as the kind says)";

export function RetryTab({ node, kind }: { node: CanvasNode; kind: Node }) {
  const { around } = useBuilderValue();
  const edit = useBuilder((state) => state.edit);
  const whenProblem = useProblem("when");
  const change = (part: { [K in keyof CanvasNode]?: CanvasNode[K] | undefined }, group?: string) =>
    edit(
      (doc) =>
        patchNode(doc, node.id, (entry) => {
          const merged = { ...entry, ...part };
          return JSON.parse(JSON.stringify(merged));
        }),
      group === undefined ? undefined : `${node.id}.${group}`,
    );
  const policy: RetryPolicy = { ...kind.retryPolicy, ...node.retry };
  const retry = (part: Partial<RetryPolicy>, group: string) =>
    change({ retry: { ...node.retry, ...part } }, group);
  const effect = effectNow(kind, node.config, around);
  return (
    <div className="flex flex-col gap-4">
      <Field
        label="Only when"
        help="An expression; when it is false the node is skipped."
        error={whenProblem}
        optional
      >
        {(control) => (
          <SmartText
            language="expression"
            control={control}
            path="when"
            value={node.when ?? ""}
            placeholder="input.amount > 0"
            onChange={(when) => change({ when: when === "" ? undefined : when }, "when")}
          />
        )}
      </Field>
      <section className="flex flex-col gap-3">
        <h3 className="text-sm font-medium">Retries</h3>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Attempts in all" help={retryWords(policy)}>
            {(control) => (
              <Input
                {...control}
                data-path="retry.maxAttempts"
                type="number"
                min={1}
                max={20}
                value={policy.maxAttempts}
                onChange={(event) =>
                  retry(
                    { maxAttempts: Math.min(20, Math.max(1, event.target.valueAsNumber || 1)) },
                    "maxAttempts",
                  )
                }
              />
            )}
          </Field>
          <Field label="Factor">
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                max={10}
                step={0.5}
                value={policy.factor}
                onChange={(event) =>
                  retry({ factor: Math.min(10, Math.max(1, event.target.valueAsNumber || 1)) }, "factor")
                }
              />
            )}
          </Field>
          <Field label="First pause" className="col-span-2">
            {(control) => (
              <Duration
                control={control}
                label="First pause"
                path="retry.baseDelayMs"
                value={policy.baseDelayMs}
                onChange={(ms) => retry({ baseDelayMs: typeof ms === "number" ? ms : 1_000 }, "baseDelay")}
              />
            )}
          </Field>
          <Field label="Longest pause" className="col-span-2">
            {(control) => (
              <Duration
                control={control}
                label="Longest pause"
                path="retry.maxDelayMs"
                value={policy.maxDelayMs}
                onChange={(ms) => retry({ maxDelayMs: typeof ms === "number" ? ms : 300_000 }, "maxDelay")}
              />
            )}
          </Field>
        </div>
        <div className="flex items-center gap-2">
          <Switch
            aria-label="Spread retries randomly"
            checked={policy.jitter === "full"}
            onCheckedChange={(on) => retry({ jitter: on ? "full" : "none" }, "jitter")}
          />
          <span aria-hidden>Spread retries randomly</span>
        </div>
      </section>
      <Field label="Time limit of one attempt">
        {(control) => (
          <Duration
            control={control}
            label="Time limit of one attempt"
            path="timeoutMs"
            value={node.timeoutMs ?? kind.timeoutMs}
            onChange={(ms) => change({ timeoutMs: typeof ms === "number" ? ms : undefined }, "timeout")}
          />
        )}
      </Field>
      <Field label={deadlineLabel(kind)} optional>
        {(control) => (
          <Duration
            control={control}
            label={deadlineLabel(kind)}
            path="deadlineMs"
            value={node.deadlineMs}
            onChange={(ms) => change({ deadlineMs: typeof ms === "number" ? ms : undefined }, "deadline")}
          />
        )}
      </Field>
      <Field label="When it fails for good">
        {(control) => (
          <Select
            {...control}
            value={node.onFailure}
            options={OnFailure.options.map((value) => ({ value, ...failureChoices[value] }))}
            onChange={(onFailure) => change({ onFailure })}
          />
        )}
      </Field>
      <BindingField
        label="Use this instead"
        path="fallback"
        schema={{}}
        required={false}
        form={{
          label: "Use this instead",
          help: "An output to go on with when the node fails; an object with its ports.",
        }}
        binding={node.fallback}
        onChange={(fallback) => change({ fallback }, "fallback")}
      />
      <Field label="Effect outside" help={`Now: ${effectChoices[effect].toLowerCase()}.`}>
        {(control) => (
          <Select
            {...control}
            value={node.effect ?? asKind}
            options={[
              { value: asKind, label: "As the kind says" },
              ...Effect.options.map((value) => ({ value, label: effectChoices[value] })),
            ]}
            onChange={(picked) => change({ effect: Effect.options.find((value) => value === picked) })}
          />
        )}
      </Field>
      <RollbackFields node={node} />
    </div>
  );
}

function effectNow(kind: Node, config: JsonObject, around: Parameters<Node["effectOf"]>[1]): Effect {
  try {
    return kind.effectOf(config, around);
  } catch {
    return "at_most_once";
  }
}

/** "Retries after 1 s, 2 s, 4 s." */
function retryWords(policy: RetryPolicy): string {
  if (policy.maxAttempts === 1) return "No retries.";
  const pauses = Array.from({ length: Math.min(3, policy.maxAttempts - 1) }, (_, n) =>
    Math.min(policy.maxDelayMs, policy.baseDelayMs * policy.factor ** n),
  ).map((ms) => (ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`));
  const more = policy.maxAttempts - 1 > 3 ? " …" : "";
  return `Retries after ${policy.jitter === "full" ? "up to " : ""}${pauses.join(", ")}${more}`;
}
