import postgres from "postgres";
import { startCluster } from "./cluster.ts";
import { jumps, letClockJump, playWhileClockJumps, trustClock } from "./jumping-clock.ts";
import type { Proof } from "./proofs.ts";

/** the database's clock jumps in the middle of every conformance scenario. */
export const proveClocks: Proof = async (seed, onNews) => {
  const cluster = await startCluster(["fsync=off", "synchronous_commit=off"]);
  const sql = postgres(cluster.url, { max: 1, onnotice: () => {} });
  const broken: string[] = [];
  let plays = 0;
  try {
    await letClockJump(sql, seed);
    for (const jump of jumps) {
      const found = await playWhileClockJumps(sql, jump);
      plays += found.plays;
      broken.push(...found.broken);
      onNews(
        `the clock jumps ${jump.name}: ${found.plays} plays, ${found.broken.length} with something broken`,
      );
    }
    await trustClock(sql);
    const control = await playWhileClockJumps(sql, { name: "back", seconds: -5, often: "once" }, isSixth);
    return {
      figures: `every scenario while the database's clock jumps 5 s and 1 h, back and ahead: ${plays} plays, ${broken.length} broken`,
      numbers: { plays, broken: broken.length },
      controls: [{ name: "ends as the clock shows them", red: control.broken.length > 0 }],
      broken,
    };
  } finally {
    await sql.end();
    await cluster.stop();
  }
};

const isSixth = (_: string, place: number): boolean => place % 6 === 0;
