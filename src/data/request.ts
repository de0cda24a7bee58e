// The four ways to talk to the server, each with its answer parsed on the way in.
import { z } from "zod";
import { client } from "./client.ts";
import { asDataError, DataError, dataErrorOf, type ServiceError } from "./data-error.ts";
import { noteExpiredSession } from "./session.ts";

interface ServiceAnswer {
  data: unknown;
  error: ServiceError | null;
}

function checked(answer: ServiceAnswer): unknown {
  if (!answer.error) return answer.data;
  const error = dataErrorOf(answer.error);
  if (error.code === "session_expired") noteExpiredSession();
  throw error;
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new DataError(
    "unexpected_shape",
    `The server's answer for ${what} does not have the expected shape.`,
    "The page may be older than the server: load it again.",
    z.prettifyError(result.error),
  );
}

/** Columns are few and rows are many: each name is written once. */
const camelNames = new Map<string, string>();

function camel(column: string): string {
  const known = camelNames.get(column);
  if (known !== undefined) return known;
  const name = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  camelNames.set(column, name);
  return name;
}

/** `workspace_id` → `workspaceId`, top level only; values are left alone. */
export function camelRow(row: unknown): Record<string, unknown> {
  if (row === null || typeof row !== "object") return {};
  const named: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) named[camel(column)] = value;
  return named;
}

/** Like {@link camelRow}; null columns are left out, for shapes whose fields are optional and not nullable. */
export function filledRow(row: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(camelRow(row)).filter(([, value]) => value !== null));
}

/** The same shape without its refusal of further fields: a row may have columns the shape does not name. */
export function rowOf<S extends z.core.$ZodLooseShape>(shape: z.ZodObject<S>) {
  return z.object(shape.shape);
}

/** Reads rows. @throws DataError */
export async function readRows<T>(
  schema: z.ZodType<T>,
  what: string,
  query: PromiseLike<ServiceAnswer>,
  shape: (row: unknown) => unknown = camelRow,
): Promise<T[]> {
  const rows = checked(await query);
  return parsed(z.array(schema), Array.isArray(rows) ? rows.map(shape) : rows, what);
}

/** Reads at most one row. @throws DataError */
export async function readRow<T>(
  schema: z.ZodType<T>,
  what: string,
  query: PromiseLike<ServiceAnswer>,
  shape: (row: unknown) => unknown = camelRow,
): Promise<T | null> {
  const row = checked(await query);
  return row === null || row === undefined ? null : parsed(schema, shape(row), what);
}

/** Calls a public verb of the database. @throws DataError */
export async function callVerb<T>(
  schema: z.ZodType<T>,
  verb: string,
  args: Record<string, unknown>,
): Promise<T> {
  const answer = checked(await client().rpc(verb, args));
  return parsed(schema, Array.isArray(answer) ? answer[0] : answer, verb);
}

const FunctionFailure = z.looseObject({
  code: z.string().default("unknown"),
  message: z.string(),
  hint: z.string().nullish(),
});

/** An edge function's refusal, with its whole body for callers that know more fields. */
export class FunctionError extends DataError {
  override readonly name = "FunctionError";
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, error: DataError, body: unknown) {
    super(error.code, error.message, error.hint, error.detail);
    this.status = status;
    this.body = body;
  }
}

async function failureOf(name: string, thrown: unknown): Promise<DataError> {
  const context: unknown = thrown instanceof Error && "context" in thrown ? thrown.context : undefined;
  if (!(context instanceof Response)) return asDataError(context instanceof Error ? context : thrown);
  const text = await context.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not ours: a proxy's page, or a crash. The text goes into the detail.
  }
  const known = FunctionFailure.safeParse(body);
  const error = known.success
    ? new DataError(known.data.code, known.data.message, known.data.hint ?? "")
    : new DataError(
        "function_failed",
        `“${name}” failed with status ${context.status}.`,
        "Try again; the server's log says more.",
        text,
      );
  return new FunctionError(context.status, error, body);
}

/** Calls an edge function. @throws FunctionError when it refuses, DataError otherwise */
export async function callFunction<T>(
  schema: z.ZodType<T>,
  name: string,
  body: Record<string, unknown>,
): Promise<T> {
  const { data, error } = await client().functions.invoke<unknown>(name, { body });
  if (!error) return parsed(schema, data, name);
  const failure = await failureOf(name, error);
  if (failure instanceof FunctionError && failure.status === 401) noteExpiredSession();
  throw failure;
}
