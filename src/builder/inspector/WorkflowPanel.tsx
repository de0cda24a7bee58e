// The inspector while nothing is selected: the workflow's own settings.
import { Plus, X } from "lucide-react";
import { useMemo } from "react";
import { useLanes } from "../../data/workspaces.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { freeKey, keyFromTitle } from "../edit/keys.ts";
import { availableFor } from "./available.ts";
import { NamedBindings } from "./Bindings.tsx";
import { Duration } from "./Duration.tsx";
import { FieldScopeProvider, useInsertTarget } from "./field-context.tsx";
import { LimitsPart } from "./LimitsPart.tsx";
import { JsonField } from "../../ui/json-field.tsx";
import { SchemaEditor } from "./SchemaEditor.tsx";
import { useFocusPath } from "./use-focus-path.ts";

/** No workflow can be called so. */
const nobody = "(nothing)";

export function WorkflowPanel() {
  const { nodeOf, around, workspace, workflow } = useBuilderValue();
  const doc = useBuilder((state) => state.doc);
  const edit = useBuilder((state) => state.edit);
  const all = useBuilder((state) => state.compiled.diagnostics);
  const diagnostics = useMemo(() => all.filter((entry) => entry.nodeId === undefined), [all]);
  const lanes = useLanes(workspace.id);
  const groups = useMemo(() => availableFor(doc, undefined, { nodeOf, around }), [doc, nodeOf, around]);
  const target = useInsertTarget();
  const scope = useMemo(() => ({ groups, diagnostics, ...target }), [groups, diagnostics, target]);
  useFocusPath(() => undefined);
  const others = around.workflows.filter(({ slug }) => slug !== workflow.slug);
  const chosen = doc.settings.errorWorkflow;
  const missing = others.some(({ slug }) => slug === chosen) ? undefined : chosen;
  const errorProblem = diagnostics.find(({ path }) => path === "settings.errorWorkflow");
  const settings = (part: Partial<typeof doc.settings>, group: string) =>
    edit((now) => ({ ...now, settings: { ...now.settings, ...part } }), group);
  return (
    <FieldScopeProvider value={scope}>
      <header className="px-4 pt-3 pb-2.5">
        <h2 className="font-semibold">Workflow</h2>
        <p className="text-sm text-muted">Select a node to see its settings.</p>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto border-t border-line">
        <Part title="Input" help="What a run is started with.">
          <SchemaEditor
            label="Input"
            path="input"
            value={doc.input}
            onChange={(next) =>
              edit(
                (now) => ({
                  ...now,
                  input:
                    next !== null && typeof next === "object" && !Array.isArray(next)
                      ? next
                      : { type: "object", properties: {} },
                }),
                "input",
              )
            }
          />
        </Part>
        <Part title="Output" help="What a finished run gives back.">
          <NamedBindings
            value={doc.output}
            path="output"
            addLabel="Add output"
            onChange={(output) => edit((now) => ({ ...now, output }), "output")}
          />
        </Part>
        <Part title="Variables" help="Fixed values; expressions read them as vars.name.">
          <Variables />
        </Part>
        <Part title="How it runs">
          <div className="grid grid-cols-2 gap-3">
            <Field label="Lane">
              {(control) => (
                <Select
                  {...control}
                  value={doc.settings.lane}
                  options={[
                    { value: "auto", label: "Automatic" },
                    ...(lanes.data ?? []).map((lane) => ({
                      value: lane.name,
                      label: lane.title || lane.name,
                    })),
                  ]}
                  onChange={(lane) => settings({ lane }, "lane")}
                />
              )}
            </Field>
            <Field label="Priority" help="Lower goes first.">
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  value={doc.settings.priority}
                  onChange={(event) =>
                    settings({ priority: Math.round(event.target.valueAsNumber) || 100 }, "priority")
                  }
                />
              )}
            </Field>
            <Field label="Steps at once">
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  min={1}
                  max={1000}
                  value={doc.settings.maxParallel}
                  onChange={(event) =>
                    settings(
                      { maxParallel: Math.min(1000, Math.max(1, event.target.valueAsNumber || 32)) },
                      "parallel",
                    )
                  }
                />
              )}
            </Field>
          </div>
          <Field
            label="When a run fails, start"
            optional
            className="mt-3"
            help="That workflow gets the run, its error and its failed steps as input. Its own failures start nothing."
            error={errorProblem && `${errorProblem.message} ${errorProblem.hint}`}
          >
            {(control) => (
              <Select
                {...control}
                value={doc.settings.errorWorkflow ?? nobody}
                options={[
                  { value: nobody, label: "Nothing" },
                  ...others.map(({ slug, title, version }) => ({
                    value: slug,
                    label: title,
                    hint: `v${version}`,
                  })),
                  ...(missing === undefined ? [] : [{ value: missing, label: `${missing} (not published)` }]),
                ]}
                onChange={(slug) =>
                  edit((now) => {
                    const { errorWorkflow: _, ...rest } = now.settings;
                    return { ...now, settings: slug === nobody ? rest : { ...rest, errorWorkflow: slug } };
                  }, "error-workflow")
                }
              />
            )}
          </Field>
          <Field label="Time limit of a run" optional className="mt-3">
            {(control) => (
              <Duration
                control={control}
                label="Time limit of a run"
                path="settings.deadlineMs"
                value={doc.settings.deadlineMs}
                onChange={(ms) =>
                  edit((now) => {
                    const { deadlineMs: _, ...rest } = now.settings;
                    return { ...now, settings: typeof ms === "number" ? { ...rest, deadlineMs: ms } : rest };
                  }, "deadline")
                }
              />
            )}
          </Field>
        </Part>
        <Part title="Limits">
          <LimitsPart />
        </Part>
      </div>
    </FieldScopeProvider>
  );
}

function Part({ title, help, children }: { title: string; help?: string; children: React.ReactNode }) {
  return (
    <section aria-label={title} className="border-b border-line px-4 py-3 last:border-b-0">
      <h3 className="text-base font-medium">{title}</h3>
      {help && <p className="mb-2 text-sm text-muted">{help}</p>}
      {children}
    </section>
  );
}

function Variables() {
  const variables = useBuilder((state) => state.doc.variables);
  const edit = useBuilder((state) => state.edit);
  const entries = Object.entries(variables);
  const keep = (next: typeof entries, group?: string) =>
    edit((now) => ({ ...now, variables: Object.fromEntries(next) }), group);
  return (
    <div className="flex flex-col gap-2">
      {entries.map(([name, value], index) => (
        <div key={index} className="flex flex-col gap-1">
          <div className="flex gap-1">
            <Input
              mono
              key={name}
              aria-label={`Name of variable ${index + 1}`}
              defaultValue={name}
              onBlur={(event) => {
                const others = new Set(entries.map(([other]) => other).filter((other) => other !== name));
                keep(entries.with(index, [freeKey(keyFromTitle(event.target.value), others), value]));
              }}
            />
            <IconButton
              label={`Remove ${name}`}
              icon={<X />}
              onClick={() => keep(entries.filter((_, at) => at !== index))}
            />
          </div>
          <JsonField
            label={`Value of ${name}`}
            value={value}
            onChange={(next) => keep(entries.with(index, [name, next ?? null]), `vars.${name}`)}
          />
        </div>
      ))}
      <Button
        size="sm"
        variant="ghost"
        className="self-start"
        icon={<Plus />}
        onClick={() => keep([...entries, [freeKey("variable", new Set(Object.keys(variables))), ""]])}
      >
        Add variable
      </Button>
    </div>
  );
}
