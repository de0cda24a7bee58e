import postgres from "postgres";
import { reconnectPause } from "../../src/core/reconnect-pause.ts";

/** Of every pool that lives as long as the host: quiet, and soon back after the database was away. */
export const lastingPool = {
  onnotice: () => {},
  backoff: (tries: number) => reconnectPause(tries, Math.random()),
};

/** @param options at least `max` and the `application_name` operators see */
export function openPool(
  url: string,
  options: postgres.Options<Record<string, postgres.PostgresType>>,
): postgres.Sql {
  return postgres(url, { ...lastingPool, ...options });
}
