// Webhooks: `POST /hooks/<path>` takes a delivery, starts its run in one transaction, and answers at once or when the run does.
import { env } from "../_shared/env.ts";
import { takeDelivery, type HookWorld } from "../_shared/take-delivery.ts";
import { createBlobStore } from "../_shared/blob-store.ts";
import { RateGate } from "../_shared/rate-gate.ts";
import { openTriggerEngine } from "../_shared/trigger-engine.ts";

const gate = new RateGate(env().RUNBOARD_HOOKS_PER_MINUTE);
let world: HookWorld | undefined;

function openWorld(): HookWorld {
  world ??= { engine: openTriggerEngine(), blobs: createBlobStore(), gate };
  return world;
}

Deno.serve((request) => takeDelivery(request, openWorld()));
