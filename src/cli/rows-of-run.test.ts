import { createClient } from "@supabase/supabase-js";
import { expect, it } from "vitest";
import { rowsOfRun } from "./rows-of-run.ts";

/** A table of so many rows behind REST, which gives no more than it is asked for. */
function tableOf(count: number) {
  const asked: string[] = [];
  const client = createClient("http://rest.test", "key", {
    global: {
      fetch: async (url) => {
        const { searchParams } = new URL(String(url));
        const [offset, limit] = [Number(searchParams.get("offset")), Number(searchParams.get("limit"))];
        asked.push(`${searchParams.get("run_id")} ${searchParams.get("order")} ${offset}`);
        const rows = Array.from({ length: Math.min(limit, count - offset) }, (_, n) => ({ n: offset + n }));
        return Response.json(rows);
      },
    },
  });
  return { client, asked };
}

it("reads all rows of a run, a thousand at a time and in order", async () => {
  const { client, asked } = tableOf(2_500);
  const rows = await rowsOfRun(client, "steps", "n", "r1", ["rank", "item_path"]);
  expect(rows).toHaveLength(2_500);
  expect(rows.at(-1)).toEqual({ n: 2_499 });
  const order = "eq.r1 rank.asc,item_path.asc";
  expect(asked).toEqual([`${order} 0`, `${order} 1000`, `${order} 2000`]);
});

it("asks no more than once where one page holds everything", async () => {
  const { client, asked } = tableOf(3);
  expect(await rowsOfRun(client, "steps", "n", "r1", ["rank"])).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
  expect(asked).toHaveLength(1);
});
