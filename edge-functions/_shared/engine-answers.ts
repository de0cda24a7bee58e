// Answers of the engine that only its caller reads.
import { z } from "zod";

export const Swept = z.object({
  released: z.int(),
  recovered: z.int(),
  /** Triggers have something for a worker: see fire-triggers.ts. */
  firings: z.boolean().optional(),
  nextDueMs: z.number().nullable(),
  /** Files of removed runs are due for deletion. */
  removals: z.boolean().optional(),
});
export const BrokenHosts = z.array(z.object({ workspaceId: z.string(), host: z.string() }));
export const HostAnswer = z.enum(["go", "probe", "wait"]);
export const Idle = z.object({ nextDueMs: z.number().nullable(), work: z.boolean() });
export const Published = z.object({ n: z.int(), planHash: z.string() });
