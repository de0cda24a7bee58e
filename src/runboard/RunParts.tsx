// The run's own input, output and artifacts.
import { useQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import type { Json } from "../core/json.ts";
import { runArtifactsQuery } from "../data/run-artifacts.ts";
import { loadRunPayloads, type RunRow } from "../data/runs.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { ErrorPanel } from "../ui/error-panel.tsx";
import { SkeletonRows } from "../ui/skeleton.tsx";
import { ArtifactView } from "./ArtifactView.tsx";
import { StoredValue } from "./StoredValue.tsx";

export function RunArtifacts({ run }: { run: RunRow }) {
  const { data, error } = useQuery(runArtifactsQuery(run.id, run.lastSeq));
  if (error)
    return <ErrorPanel title="The artifacts could not be read" why={error.message} className="m-4" />;
  if (!data) return <SkeletonRows rows={4} />;
  if (data.length === 0) {
    return (
      <EmptyState icon={<FileText />} title="No artifact">
        <p>
          Steps keep reports, links and files for people here. Put an artifact node into the workflow to make
          one.
        </p>
      </EmptyState>
    );
  }
  return (
    <div className="mx-auto max-w-4xl space-y-4 p-4">
      {data.map((artifact) => (
        <ArtifactView key={artifact.id} artifact={artifact} />
      ))}
    </div>
  );
}

function Side({
  title,
  value,
  label,
  empty,
}: {
  title: string;
  value: Json | undefined | null;
  label: string;
  empty: string;
}) {
  return (
    <section className="min-w-0 flex-1">
      <h2 className="mb-2 font-semibold">{title}</h2>
      {value === undefined || value === null ? (
        <p className="text-muted">{empty}</p>
      ) : (
        <StoredValue value={value} label={label} root={label.toLowerCase()} maxHeight={560} />
      )}
    </section>
  );
}

export function RunValues({ run }: { run: RunRow }) {
  // The output is there once the run has ended, so its end reads again.
  const { data, error, isPending } = useQuery({
    queryKey: ["run", run.id, "payloads", run.finishedAt],
    queryFn: () => loadRunPayloads(run.id),
  });
  if (error)
    return <ErrorPanel title="Input and output could not be read" why={error.message} className="m-4" />;
  if (isPending) return <SkeletonRows rows={4} />;
  if (data === null || data === undefined)
    return (
      <p className="p-6 text-center text-muted">
        You may see this run, but not what it was given and what it made. An owner can allow it.
      </p>
    );
  return (
    <div className="flex flex-wrap gap-6 p-4">
      <Side title="Input" label="Input" value={data.input} empty="It was given nothing." />
      <Side
        title="Output"
        label="Output"
        value={data.output}
        empty={run.finishedAt ? "It made no output." : "There is no output until the run has ended."}
      />
    </div>
  );
}
