// What the capabilities that reach outside share: the door, the credentials, the record and the permission to start.
import type { Estimate } from "../budget.ts";
import type { Connection } from "../connection.ts";
import type { Egress } from "../egress.ts";
import type { CallLog } from "./call-log.ts";

export interface Outside {
  egress: Egress;
  log: Pick<CallLog, "run">;
  signal: AbortSignal;
  timeoutMs: number;
  connection(slug: string): Promise<Connection>;
  /**
   * Asked before every call. Refuses once the lease is no longer surely ours; for an effect that must not repeat it
   * commits the start marker first.
   */
  mayStart(changes: boolean): Promise<void>;
  /**
   * Asked first of all. Lets the step wait while the host keeps failing.
   * @throws HostDown
   */
  reach(host: string, connection?: Connection): Promise<void>;
  /** Reserves the most a call may use of the run's budgets; before the call is noted, for a refused one never was. */
  afford(next: Estimate): Promise<void>;
  idempotencyKey(call: number): string;
}
