// What folds take, and readers for an event's loose `data`.
import type { JsonObject } from "./json.ts";
import { WaitingFor } from "./run.ts";
import type { Envelope } from "./run-event.ts";

/** A stored event, or the envelope that was broadcast for it, which has no `data`. */
export type FoldEvent = Envelope & { data?: JsonObject | undefined };

export function waitingForOf(data: JsonObject | undefined): WaitingFor | null {
  const parsed = WaitingFor.safeParse(data?.["waitingFor"]);
  return parsed.success ? parsed.data : null;
}

export function textAt(data: JsonObject | undefined, key: string): string | null {
  const value = data?.[key];
  return typeof value === "string" ? value : null;
}

export function numberAt(data: JsonObject | undefined, key: string): number | null {
  const value = data?.[key];
  return typeof value === "number" ? value : null;
}
