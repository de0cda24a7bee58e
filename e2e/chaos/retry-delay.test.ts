// the delay before a retry, for every attempt there can be: within its bounds, never an overflow, evenly drawn.
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, createTestDatabase } from "../database.ts";

let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 1, onnotice: () => {} });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const policies = [
  { baseDelayMs: 1_000, factor: 2, maxDelayMs: 300_000, jitter: "full" },
  { baseDelayMs: 1_000, factor: 2, maxDelayMs: 300_000, jitter: "none" },
  { baseDelayMs: 100, factor: 10, maxDelayMs: 86_400_000, jitter: "full" },
  { baseDelayMs: 0, factor: 1, maxDelayMs: 0, jitter: "full" },
];
/** What servers ask for: nothing, soon, an hour, a year, and nonsense that a worker let through. */
const asked = [null, 0, 2_000, 3_600_000, 31_536_000_000, -5];

describe.each(policies)("R-16 with %o", (policy) => {
  it.each(asked)(
    "stays within its bounds up to attempt 1,000 when the server asks for %s ms",
    async (retryAfter) => {
      const rows = await sql<{ tries: number; kind: string; delay: number; highest: number }[]>`
      select tries, kind, engine.retry_delay(${sql.json(policy)}, tries, kind, ${retryAfter}) as delay,
        least(${policy.maxDelayMs}::float8, ${policy.baseDelayMs}::float8 * power(${policy.factor}::float8, least(tries - 1, 60))) as highest
      from generate_series(1, 1000) as tries, unnest(array['transient', 'rate_limited', 'timeout']) as kind`;
      const least = Math.max(0, Math.min(retryAfter ?? 0, 900_000));
      const wrong = rows.filter(({ kind, delay, highest }) => {
        const floor = Math.max(
          least,
          policy.jitter === "none" ? highest : kind === "rate_limited" ? highest / 2 : 0,
        );
        return !(delay >= floor && delay <= Math.max(highest, least));
      });
      expect(rows).toHaveLength(3_000);
      expect(wrong).toEqual([]);
    },
  );
});

it("R-16 draws evenly: each tenth of the range gets its share", async () => {
  const [policy] = policies;
  if (!policy) throw new Error("There is no policy.");
  await sql`select setseed(0.5)`;
  const rows = await sql<{ n: number }[]>`
    select count(*)::int as n from (
      select floor(engine.retry_delay(${sql.json(policy)}, 20, 'transient', null) / 30000) as tenth from generate_series(1, 5000)
    ) as drawn group by tenth order by tenth`;
  expect(rows).toHaveLength(10);
  for (const { n } of rows) expect(Math.abs(n - 500)).toBeLessThan(120);
});
