// How much a connection takes: attempts that use it at once, and attempts begun per time.
import { z } from "zod";

export const ConnectionLimits = z
  .strictObject({
    maxParallel: z.int().min(1).max(1_000).optional(),
    max: z.int().min(1).max(1_000_000).optional(),
    per: z.enum(["second", "minute", "hour", "day"]).optional(),
  })
  .refine(({ max, per }) => (max === undefined) === (per === undefined), "a rate needs both max and per")
  .refine(
    ({ maxParallel, max }) => maxParallel !== undefined || max !== undefined,
    "give maxParallel, or max and per",
  );
export type ConnectionLimits = z.infer<typeof ConnectionLimits>;
