// Sets right how @supabase/lite 0.10.0 talks to its driver about JSON and time.
import type { PostgresConnection } from "@supabase/lite/postgres";

type Codec = Record<number, (value: never) => unknown>;

const jsonTypes = [114, 3802];
const timestamptz = 1184;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * lite turns JSON values into text and its driver turns that text into a JSON string, so every `json` and `jsonb` argument of a verb
 * would arrive as a string. It also answers times as `2026-01-01 00:00:00+00`, where PostgREST writes ISO 8601.
 * Its own type settings win over `postgresOptions.types`, so this must run after the connection was made.
 */
export function mendTypes(connection: PostgresConnection): void {
  const driver: unknown = Reflect.get(connection, "driver");
  const options: unknown =
    driver === null || (typeof driver !== "object" && typeof driver !== "function")
      ? undefined
      : Reflect.get(driver, "options");
  if (options === null || typeof options !== "object")
    throw new Error("@supabase/lite has changed: its driver's options are not where they were.");
  const serializers: Codec = Reflect.get(options, "serializers");
  const parsers: Codec = Reflect.get(options, "parsers");
  for (const oid of jsonTypes)
    serializers[oid] = (value: unknown) =>
      typeof value === "string" && isJson(value) ? value : JSON.stringify(value);
  parsers[timestamptz] = (value: string) => value.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");
}
