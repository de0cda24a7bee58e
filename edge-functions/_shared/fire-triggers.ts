// What a worker does about triggers between steps: writes down the slots of schedules, and starts the runs of firings.
import { StepError, type RunError } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { dueSlots, type Schedule } from "../../src/core/schedule.ts";
import { inputOf } from "../../src/core/trigger.ts";
import type { BlobStore } from "./blob-store.ts";
import { crashPoint } from "./crash-points.ts";
import type { Engine } from "./engine.ts";
import { parseHookBody, contentTypeOf } from "./hook-body.ts";
import { Redactor } from "./redact.ts";
import { HttpError } from "./responses.ts";
import { toRunError } from "./run-error.ts";
import type { DueTrigger, Firing, TriggerEngine } from "./trigger-engine.ts";

type Files = Pick<BlobStore, "get">;

/** Firings and schedules taken at once; a worker has steps to run too. */
const AT_ONCE = 100;

/** The engine as the worker's loop wants it: every sweep also fires what is due, and counts the runs it started as released. */
export function withTriggers<E extends Pick<Engine, "sweep">>(
  engine: E,
  triggers: TriggerEngine,
  blobs: Files,
): E {
  return {
    ...engine,
    async sweep() {
      const swept = await engine.sweep();
      if (!swept.firings) return swept;
      return { ...swept, released: swept.released + (await fireTriggers(triggers, blobs)) };
    },
  };
}

/** @returns how many runs were started */
export async function fireTriggers(triggers: TriggerEngine, blobs: Files): Promise<number> {
  for (const due of await triggers.dueTriggers(AT_ONCE)) await planSchedule(triggers, due);
  crashPoint("after_slots");
  const firings = await triggers.openFirings(AT_ONCE);
  crashPoint("after_open_firings");
  let started = 0;
  for (const firing of firings) {
    const taken = await fire(triggers, firing, blobs);
    if (taken === "fired") started++;
    crashPoint("after_fire");
  }
  return started;
}

async function planSchedule(
  triggers: TriggerEngine,
  { id, config, now, cursorAt, nextAt }: DueTrigger,
): Promise<void> {
  await triggers.planSlots(id, nextAt, dueSlots(scheduleOf(config), id, cursorAt, now));
}

/** The config was parsed when it was published; what an older version lacks takes what the node gives by itself. */
function scheduleOf({ cron, timezone, catchUp, jitterMs }: JsonObject): Schedule {
  return {
    cron: String(cron),
    timezone: String(timezone),
    catchUp: catchUp === "none" || catchUp === "all" ? catchUp : "latest",
    jitterMs: Number(jitterMs ?? 0),
  };
}

async function fire(triggers: TriggerEngine, firing: Firing, blobs: Files): Promise<string> {
  let input: JsonObject;
  try {
    input = await inputFor(firing, blobs);
  } catch (error) {
    if (error instanceof StepError && error.errorClass === "transient") return "later";
    return (await triggers.fireTrigger(firing.id, { error: errorOf(error) })).outcome;
  }
  const version = firing.compiled?.version ?? 0;
  return (await triggers.fireTrigger(firing.id, { version, input })).outcome;
}

async function inputFor(
  { event, compiled, accepts, raw, rawPath }: Firing,
  blobs: Files,
): Promise<JsonObject> {
  if (event === null)
    throw new StepError("permanent", "run_gone", "The run that started this is gone.", {
      hint: "Start the workflow by hand.",
    });
  if (compiled === null)
    throw new StepError("permanent", "not_published", "The workflow this starts has no live version.", {
      hint: "Publish it.",
    });
  const bytes = rawPath
    ? await blobs.get(rawPath)
    : raw
      ? Uint8Array.from(atob(raw), (char) => char.charCodeAt(0))
      : null;
  if (bytes === null) return inputOf(compiled, event);
  return inputOf(compiled, {
    ...event,
    body: parseHookBody(accepts ?? "json", contentTypeOf(accepts ?? "json"), bytes),
  });
}

/** Why an event starts no run, as the firing keeps it. */
export function errorOf(error: unknown): RunError {
  if (error instanceof HttpError)
    return {
      class: "validation",
      code: error.code,
      message: error.message.slice(0, 500),
      hint: error.hint.slice(0, 500),
    };
  const { snippet: _, detail: __, ...kept } = toRunError(error, new Redactor());
  return kept;
}
