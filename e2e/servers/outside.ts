// The outside as a capability sees it, for tests that run one without an engine.
import { parseAllowList } from "../../edge-functions/_shared/addresses.ts";
import { AttemptRecord } from "../../edge-functions/_shared/attempt-record.ts";
import type { CallLog } from "../../edge-functions/_shared/capabilities/call-log.ts";
import type { Outside } from "../../edge-functions/_shared/capabilities/outside.ts";
import {
  openConnection,
  type Connection,
  type StoredConnection,
} from "../../edge-functions/_shared/connection.ts";
import { Egress } from "../../edge-functions/_shared/egress.ts";
import { sealSecret } from "../../edge-functions/_shared/vault.ts";
import { sha256 } from "../../edge-functions/_shared/sha256.ts";

const workspaceId = "11111111-1111-4111-8111-111111111111";
const key = Buffer.alloc(32, 7).toString("base64");

export interface TestOutside extends Outside {
  readonly record: AttemptRecord;
  readonly log: CallLog;
  /** What asked whether it may start, in order. */
  readonly started: boolean[];
}

export interface OutsideOptions {
  allow?: string;
  connections?: Record<string, Omit<StoredConnection, "secret"> & { secret?: string }>;
  signal?: AbortSignal;
  timeoutMs?: number;
  resolve?: (host: string) => Promise<string[]>;
}

/** Close its `egress` when the test is over. */
export function openOutside(options: OutsideOptions = {}): TestOutside {
  const {
    allow = "127.0.0.1",
    connections = {},
    signal = new AbortController().signal,
    timeoutMs = 5_000,
    resolve,
  } = options;
  const record = new AttemptRecord();
  const started: boolean[] = [];
  return {
    record,
    started,
    egress: new Egress({ allow: parseAllowList(allow), ...(resolve ? { resolve } : {}) }),
    log: record.log,
    signal,
    timeoutMs,
    async connection(slug): Promise<Connection> {
      const found = connections[slug];
      const place = { workspaceId, slug };
      const sealed = found?.secret === undefined ? null : await sealSecret(found.secret, key, place);
      return await openConnection(
        found ? { ...found, secret: sealed } : null,
        place,
        () => key,
        record.redactor,
      );
    },
    mayStart(changes) {
      started.push(changes);
      return Promise.resolve();
    },
    afford: () => Promise.resolve(),
    reach: () => Promise.resolve(),
    idempotencyKey: (call) => sha256(`call ${call}`),
  };
}

/** Class and code of what the promise rejects with, as `class/code`. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    (value) => new Error(`it did not fail: ${JSON.stringify(value)?.slice(0, 200)}`),
    (reason: unknown) => reason,
  );
  if (typeof error === "object" && error !== null && "errorClass" in error && "code" in error)
    return `${error.errorClass}/${error.code}`;
  return String(error);
}
