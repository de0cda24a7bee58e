import { queryOptions, useQuery } from "@tanstack/react-query";
import { z } from "zod";
import { CanvasDoc } from "../core/canvas.ts";
import { Diagnostic } from "../core/diagnostic.ts";
import { Hash, Time, Uuid } from "../core/json.ts";
import { Plan } from "../core/plan.ts";
import { client } from "./client.ts";
import { DataError } from "./data-error.ts";
import { callFunction, FunctionError, readRow, readRows } from "./request.ts";

export const VersionRow = z.object({
  workflowId: Uuid,
  n: z.int(),
  name: z.string(),
  channel: z.enum(["published", "test"]),
  planHash: Hash,
  createdBy: Uuid.nullable(),
  createdAt: Time,
});
export type VersionRow = z.infer<typeof VersionRow>;

const VersionContent = z.object({ graph: CanvasDoc, plan: Plan });
export type VersionContent = z.infer<typeof VersionContent>;

export function versionsQuery(workflowId: string) {
  return queryOptions({
    queryKey: ["versions", workflowId],
    queryFn: () =>
      readRows(
        VersionRow,
        "versions",
        client()
          .from("versions")
          .select("workflow_id, n, name, channel, plan_hash, created_by, created_at")
          .eq("workflow_id", workflowId)
          .order("n", { ascending: false }),
      ),
  });
}

/** A version's canvas and plan. Versions never change, so neither does the answer. */
export function versionQuery(workflowId: string, n: number) {
  return queryOptions({
    queryKey: ["versions", workflowId, n],
    staleTime: Infinity,
    queryFn: () => loadVersion(workflowId, n),
  });
}

/** @throws DataError `missing_version` */
export async function loadVersion(workflowId: string, n: number): Promise<VersionContent> {
  const content = await readRow(
    VersionContent,
    `version ${n}`,
    client().from("versions").select("graph, plan").eq("workflow_id", workflowId).eq("n", n).maybeSingle(),
  );
  if (content) return content;
  throw new DataError(
    "missing_version",
    `Version ${n} is not there, or you may not see it.`,
    "Choose another version.",
  );
}

/** Versions of a workflow, newest first. */
export function useVersions(workflowId: string) {
  return useQuery(versionsQuery(workflowId));
}

/** The compiler refused; `diagnostics` say why, node by node. */
export class NotPublishable extends DataError {
  override readonly name = "NotPublishable";
  readonly diagnostics: Diagnostic[];

  constructor(error: DataError, diagnostics: Diagnostic[]) {
    super(error.code, error.message, error.hint, error.detail);
    this.diagnostics = diagnostics;
  }
}

const Published = z.looseObject({
  version: z.int(),
  planHash: Hash,
  diagnostics: z.array(Diagnostic).default([]),
});
export type Published = z.infer<typeof Published>;

/**
 * Compiles the stored draft and makes it a version.
 * @param revision the draft's revision that was reviewed; another stored one is a conflict
 * @throws NotPublishable, DataError
 */
export async function publish(
  workflowId: string,
  options: { name?: string; revision?: number; channel?: "published" | "test" } = {},
): Promise<Published> {
  try {
    return await callFunction(Published, "publish", { workflowId, ...options });
  } catch (thrown) {
    if (thrown instanceof FunctionError && thrown.code === "not_publishable") {
      const body = z.looseObject({ diagnostics: z.array(Diagnostic) }).safeParse(thrown.body);
      throw new NotPublishable(thrown, body.success ? body.data.diagnostics : []);
    }
    throw thrown;
  }
}
