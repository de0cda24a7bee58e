// The engine's SQL functions of triggers; beside engine.ts the only caller of any.
import { Buffer } from "node:buffer";
import type postgres from "postgres";
import { z } from "zod";
import { JsonObject } from "../../src/core/json.ts";
import { RunError } from "../../src/core/failure.ts";
import { TriggerMap } from "../../src/core/trigger.ts";
import { openPool } from "./engine.ts";
import { SealedSecret } from "./vault.ts";

/** `version` is the one the map belongs to: the run is started from it, whatever has gone live since. */
const Compiled = TriggerMap.extend({ version: z.int() });

const Hook = z.object({
  trigger: z.uuid(),
  workspaceId: z.uuid(),
  config: JsonObject,
  compiled: Compiled,
  secret: SealedSecret.nullish(),
  /** The database's clock, in milliseconds. */
  now: z.number(),
});
/** A webhook as a delivery meets it. */
export type Hook = z.infer<typeof Hook>;

const Start = z.object({ version: z.int(), input: JsonObject, run: z.uuid().optional() });

export interface Delivery {
  trigger: string;
  /** Names the delivery: the same key starts one run. */
  key: string;
  bodyHash: string;
  /** Everything but the body. */
  event: JsonObject;
  rawPath?: string | undefined;
  maxPerMinute?: number | undefined;
  start?: z.infer<typeof Start> | undefined;
  error?: RunError | undefined;
}

const Taken = z.object({
  outcome: z.enum([
    "fired",
    "known",
    "kept",
    "changed",
    "unknown",
    "failed",
    "skipped",
    "held",
    "closed",
    "later",
  ]),
  run: z.uuid().nullish(),
  error: RunError.partial().nullish(),
});
/** What became of a delivery or a firing. */
export type Taken = z.infer<typeof Taken>;

const Answer = z.object({
  status: z.enum(["running", "responded", "succeeded", "failed", "cancelled"]),
  response: z.unknown().optional(),
  code: z.string().nullish(),
  output: z.unknown().optional(),
});
export type Answer = z.infer<typeof Answer>;

const Firing = z.object({
  id: z.int(),
  workspaceId: z.uuid(),
  kind: z.enum(["trigger-webhook", "trigger-schedule", "trigger-workflow", "error"]),
  event: JsonObject.nullable(),
  compiled: Compiled.nullable(),
  accepts: z.string().nullish(),
  raw: z.string().nullish(),
  rawPath: z.string().nullish(),
});
/** Something that happened to a trigger and has not started its run yet. `raw` is base64. */
export type Firing = z.infer<typeof Firing>;

const DueTrigger = z.object({
  id: z.uuid(),
  config: JsonObject,
  now: z.number(),
  cursorAt: z.number(),
  /** As the database wrote it: names the state the answer is for. */
  nextAt: z.string(),
});
export type DueTrigger = z.infer<typeof DueTrigger>;

export interface TriggerEngine {
  hookOf(path: string): Promise<Hook | null>;
  fireHook(delivery: Delivery, raw: Uint8Array | null): Promise<Taken>;
  hookAnswer(run: string): Promise<Answer>;
  openFirings(limit: number): Promise<Firing[]>;
  fireTrigger(firing: number, start: z.infer<typeof Start> | { error: RunError }): Promise<Taken>;
  dueTriggers(limit: number): Promise<DueTrigger[]>;
  planSlots(trigger: string, seen: string, plan: object): Promise<boolean>;
}

let shared: TriggerEngine | undefined;

/** Over the pool of the process. */
export function openTriggerEngine(): TriggerEngine {
  shared ??= createTriggerEngine(openPool());
  return shared;
}

export function createTriggerEngine(sql: postgres.Sql): TriggerEngine {
  const json = (value: unknown) => JSON.stringify(value);
  const one = async (query: Promise<readonly postgres.Row[]>): Promise<unknown> =>
    (await query)[0]?.["answer"];
  return {
    async hookOf(path) {
      return Hook.nullable().parse((await one(sql`select engine.hook_of(${path}) as answer`)) ?? null);
    },
    async fireHook(delivery, raw) {
      const bytes = raw === null ? null : Buffer.from(raw);
      return Taken.parse(
        await one(sql`select engine.fire_hook(${json(delivery)}::text::jsonb, ${bytes}::bytea) as answer`),
      );
    },
    async hookAnswer(run) {
      return Answer.parse(await one(sql`select engine.hook_answer(${run}::text::uuid) as answer`));
    },
    async openFirings(limit) {
      return z.array(Firing).parse(await one(sql`select engine.open_firings(${limit}) as answer`));
    },
    async fireTrigger(firing, start) {
      return Taken.parse(
        await one(sql`select engine.fire_trigger(${firing}, ${json(start)}::text::jsonb) as answer`),
      );
    },
    async dueTriggers(limit) {
      return z.array(DueTrigger).parse(await one(sql`select engine.due_triggers(${limit}) as answer`));
    },
    async planSlots(trigger, seen, plan) {
      return z
        .boolean()
        .parse(
          await one(
            sql`select engine.plan_slots(${trigger}::text::uuid, ${seen}, ${json(plan)}::text::jsonb) as answer`,
          ),
        );
    },
  };
}
