// Who judges: a connection to a language model and the model to ask there.
import type { JsonObject } from "../../core/json.ts";
import { Field } from "../../ui/field.tsx";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { useBuilderValue } from "../builder-context.tsx";

interface JudgeModelProps {
  config: JsonObject;
  path: string;
  problem: string | undefined;
  onChange: (connection: string, model: string) => void;
}

const text = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);

export function JudgeModel({ config, path, problem, onChange }: JudgeModelProps) {
  const { around } = useBuilderValue();
  const connection = text(config["connection"], "sandbox");
  const model = text(config["model"], "sandbox-1");
  const known = around.connections
    .filter(({ kind }) => kind !== "http" && kind !== "mcp")
    .map(({ slug }) => slug);
  const choices = [...new Set(["sandbox", ...known, connection])];
  return (
    <Field
      label="Judge"
      error={problem}
      help={
        connection === "sandbox"
          ? "The sandbox asks nobody and passes everything."
          : "Take another model than the author's: models are kind to their own work."
      }
    >
      {(control) => (
        <div className="flex gap-1">
          <Select
            {...control}
            aria-label="Connection of the judge"
            className="w-32 shrink-0"
            value={connection}
            options={choices.map((slug) => ({ value: slug, label: slug }))}
            onChange={(next) =>
              onChange(next, next === "sandbox" ? "sandbox-1" : model === "sandbox-1" ? "" : model)
            }
          />
          <Input
            mono
            aria-label="Model of the judge"
            data-path={path}
            disabled={connection === "sandbox"}
            value={model}
            placeholder="Name of the model"
            onChange={(event) => onChange(connection, event.target.value)}
          />
        </div>
      )}
    </Field>
  );
}
