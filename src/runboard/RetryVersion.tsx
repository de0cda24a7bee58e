// Which version a retry runs: the run's own, the live one, the draft, or any other that was published.
import { useVersions } from "../data/versions.ts";
import { Field } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import type { CardRun } from "./card.ts";

/** "same", "live", "draft", or a number as text. */
export type VersionChoice = "same" | "live" | "draft" | (string & {});

interface RetryVersionProps {
  run: CardRun;
  liveVersion: number | null;
  value: VersionChoice;
  onChange: (value: VersionChoice) => void;
}

const help = (value: VersionChoice): string => {
  if (value === "same") return "The plan this run was made from.";
  const stored = value === "draft" ? "The draft is stored as a test version that is listed nowhere. " : "";
  return `${stored}A run never changes its plan, so this makes a new run. Results that still fit are reused.`;
};

export function RetryVersion({ run, liveVersion, value, onChange }: RetryVersionProps) {
  const versions = useVersions(run.workflowId);
  const others = (versions.data ?? []).filter(
    ({ n, channel }) => channel === "published" && n !== run.version && n !== liveVersion,
  );
  const live =
    liveVersion !== null && liveVersion !== run.version
      ? [{ value: "live", label: `v${liveVersion}, live now` }]
      : [];
  return (
    <Field label="Version" help={help(value)}>
      {(control) => (
        <Select
          {...control}
          value={value}
          onChange={onChange}
          options={[
            { value: "same", label: `v${run.version}, as before` },
            ...live,
            { value: "draft", label: "The draft, as it is now" },
            ...others.map(({ n, name }) => ({
              value: String(n),
              label: `v${n}`,
              ...(name === "" ? {} : { hint: name }),
            })),
          ]}
        />
      )}
    </Field>
  );
}
