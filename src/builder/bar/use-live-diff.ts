// How the draft differs from what is live.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { versionQuery } from "../../data/versions.ts";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { diffDocs, isSame, type DocDiff } from "../edit/doc-diff.ts";

/** null while unknown, or when nothing is published. */
export function useLiveDiff(): { diff: DocDiff | null; changed: boolean | null } {
  const { workflow } = useBuilderValue();
  const doc = useBuilder((state) => state.doc);
  const live = useQuery({
    ...versionQuery(workflow.id, workflow.liveVersion ?? 0),
    enabled: workflow.liveVersion !== null,
  });
  const graph = live.data?.graph;
  const diff = useMemo(() => (graph ? diffDocs(graph, doc) : null), [graph, doc]);
  return { diff, changed: diff === null ? null : !isSame(diff) };
}
