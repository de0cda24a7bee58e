// Which HTTP statuses count as expected.
import { z } from "zod";

/** `2xx` or `404`. */
export const StatusRule = z.string().regex(/^[1-5](xx|[0-9]{2})$/, "write 2xx or a status such as 404");
export type StatusRule = z.infer<typeof StatusRule>;

export function isExpected(status: number, rules: readonly StatusRule[]): boolean {
  return rules.some((rule) => rule === String(status) || rule === `${Math.floor(status / 100)}xx`);
}
