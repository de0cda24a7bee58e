import { queryOptions } from "@tanstack/react-query";
import { z } from "zod";
import { Artifact } from "../core/run.ts";
import { client } from "./client.ts";
import { filledRow, readRows } from "./request.ts";

/** The row has columns the shape has not, e.g. its workspace. */
const ArtifactRow = z.object(Artifact.shape);

/** Everything the steps of a run kept for people, oldest first. @param seq reads again when the run has moved on */
export function runArtifactsQuery(runId: string, seq: number) {
  return queryOptions({
    queryKey: ["run", runId, "artifacts", seq],
    queryFn: () =>
      readRows(
        ArtifactRow,
        "artifacts",
        client().from("artifacts").select("*").eq("run_id", runId).order("created_at"),
        filledRow,
      ),
  });
}
