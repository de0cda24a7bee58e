// One read-only query of an sql verifier: a transaction of its own, with a time limit the database keeps.
import type postgres from "postgres";
import { z } from "zod";
import { StepError } from "../../src/core/failure.ts";
import { Json, type JsonObject } from "../../src/core/json.ts";

/** Longest time a query of an sql verifier may take. */
const QUERY_MS = 5_000;

/** @throws StepError as `Engine.queryRows` says */
export async function queryRows(
  sql: postgres.Sql,
  workspaceId: string,
  query: string,
  params: JsonObject,
): Promise<Json[]> {
  try {
    const answer = await sql.begin("read only", async (tx) => {
      await tx`select set_config('statement_timeout', ${String(QUERY_MS)}, true)`;
      const [row] = await tx`
        select engine.query_rows(${workspaceId}::text::uuid, ${query}, ${JSON.stringify(params)}::text::jsonb) as answer`;
      return row?.["answer"];
    });
    return z.array(Json).parse(answer);
  } catch (error) {
    throw queryFailure(error);
  }
}

/** Says whose fault a query's end was: its author's, its size's, or the database's. */
function queryFailure(error: unknown): StepError {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  const said = error instanceof Error ? error.message : String(error);
  if (code === "57014")
    return new StepError("timeout", "query_slow", `The query took longer than ${QUERY_MS / 1_000} s.`, {
      hint: "Ask for less.",
    });
  if (/^(2[0-9]|42|54|0A|RB|25006)/.test(code))
    return new StepError(
      "validation",
      code.startsWith("RB") ? "query_refused" : "query_failed",
      messageIn(said),
      {
        hint: "Correct the query of the verifier.",
      },
    );
  return new StepError("transient", "engine_away", "The database did not answer the query.", {
    cause: error,
  });
}

/** Errors of our own functions are JSON in REST's form. */
function messageIn(said: string): string {
  try {
    return z.object({ message: z.string() }).parse(JSON.parse(said)).message;
  } catch {
    return said;
  }
}
