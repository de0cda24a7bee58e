// R-07, the short form of `npm run chaos -- --only live-view`. The viewers are in a process of their own, because it stands in for a page.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { missedBySerial } from "../chaos/controls.ts";
import { createTestDatabase } from "../database.ts";

const seed = process.env["CHAOS_SEED"] ?? "20260101";

it(
  "R-07 shows six viewers whose pushes get lost and whose sockets are cut every event, once",
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "runboard-live-view-"));
    const json = join(folder, "figures.json");
    try {
      await promisify(execFile)(
        process.execPath,
        [
          join(import.meta.dirname, "../chaos/main.ts"),
          "--only",
          "live-view",
          "--seed",
          seed,
          "--json",
          json,
        ],
        { env: { ...process.env, CHAOS_LIVE_VIEW: "6,6,8" } },
      );
      const { proofs } = JSON.parse(readFileSync(json, "utf8"));
      expect(proofs["live-view"]).toMatchObject({
        viewers: 6,
        missed: 0,
        doubled: 0,
        broken: 0,
        controls: [{ name: "pushes trusted", red: true }],
      });
      expect(proofs["live-view"].pushesDropped).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it("R-07 turns red for a reader that follows one serial over all runs", { timeout: 60_000 }, async () => {
  const found: string[] = [];
  for (let n = 0; n < 5 && found.length === 0; n += 1) {
    const database = await createTestDatabase();
    try {
      found.push(...(await missedBySerial(database.url, 60)));
    } finally {
      await database.drop();
    }
  }
  expect(found).not.toEqual([]);
});
