// Crash points between the statements: a call of the engine that never arrives, that dies inside its transaction, or whose answer is lost.
import type postgres from "postgres";

/** What workers call. A worker whose call broke has died: it forgets what it holds. */
export const workerCalls = ["claim_steps", "report_steps", "mark_started", "sweep"];
/** What people and hosts call. They send it again. */
export const verbs = [
  "start_run",
  "cancel_run",
  "decide_approval",
  "retry_run",
  "submit_form",
  "send_signal",
];

/** Those that a caller may send again without knowing whether the first one arrived. */
const repeatable = ["cancel_run", "decide_approval", "retry_run", "submit_form"];

const moments = ["never sent", "dies inside", "answer lost"] as const;
type Moment = (typeof moments)[number];

/** `report_steps: dies inside` and so on; each happens at the first such call of a play. */
export const statementPoints: readonly string[] = [
  ...workerCalls.flatMap((call) => moments.map((moment) => `${call}: ${moment}`)),
  ...verbs.map((verb) => `${verb}: dies inside`),
  ...repeatable.map((verb) => `${verb}: answer lost`),
];

export class WorkerDied extends Error {
  override readonly name = "WorkerDied";
  /** What it was calling. */
  readonly call: string;
  /** Whether the call was carried out all the same. */
  readonly counted: boolean;

  constructor(call: string, moment: string) {
    super(`${call}: ${moment}`);
    this.call = call;
    this.counted = moment === "answer lost";
  }
}

/** Rolls back what was done, as the end of a session does. */
class Undone extends Error {}

export interface Disturbed {
  readonly sql: postgres.Sql;
  /** Names of the calls made so far. */
  readonly called: ReadonlySet<string>;
}

/**
 * Passes everything on, except that the first call named by the point is disturbed.
 * @param point one of {@link statementPoints}, or anything else for no disturbance
 * @param nth which call of that name; 1 is the first
 */
export function disturb(sql: postgres.Sql, point: string, nth = 1): Disturbed {
  const [wanted = "", moment = ""] = point.split(": ");
  const called = new Set<string>();
  let left = nth;

  const note = (parts: readonly string[]): string | undefined => {
    const name = /\b(?:engine|public)\.([a-z_]+)\(/.exec(parts.join("?"))?.[1];
    if (name !== undefined) called.add(name);
    return name;
  };
  const isNow = (name: string | undefined): boolean => {
    if (name !== wanted || left === 0) return false;
    left -= 1;
    return left === 0;
  };

  const proxy: postgres.Sql = new Proxy(sql, {
    apply(target, self, args: Parameters<postgres.Sql>) {
      const query = () => Reflect.apply(target, self, args);
      const [parts] = args;
      const name = Array.isArray(parts) ? note(parts.map(String)) : undefined;
      return workerCalls.includes(name ?? "") && isNow(name)
        ? breakWorkerCall(sql, args, point, query)
        : query();
    },
    get(target, key) {
      if (key === "begin") return beginVerb;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

  /** The transaction of a person's call: disturbed as a whole, and then sent again. */
  async function beginVerb<T>(work: (tx: postgres.TransactionSql) => Promise<T>): Promise<unknown> {
    let name: string | undefined;
    let fatal = false;
    const watched = (tx: postgres.TransactionSql): postgres.TransactionSql =>
      new Proxy(tx, {
        apply(target, self, args: Parameters<postgres.TransactionSql>) {
          const [parts] = args;
          name = (Array.isArray(parts) ? note(parts.map(String)) : undefined) ?? name;
          return Reflect.apply(target, self, args);
        },
      });
    let answer: unknown;
    try {
      answer = await sql.begin(async (tx) => {
        const inside = await work(watched(tx));
        fatal = verbs.includes(name ?? "") && isNow(name);
        if (fatal && moment === "dies inside") throw new Undone();
        return inside;
      });
    } catch (error) {
      if (!(error instanceof Undone)) throw error;
    }
    if (!fatal) return answer;
    if (moment === "dies inside") return sql.begin(work);
    // The first one counted; sent again it either finds that out or is refused.
    return sql.begin(work).catch(() => answer);
  }
  return { sql: proxy, called };
}

async function breakWorkerCall(
  sql: postgres.Sql,
  args: Parameters<postgres.Sql>,
  point: string,
  query: () => PromiseLike<unknown>,
): Promise<never> {
  const [call = "", moment = ""] = point.split(": ");
  const kind: Moment | undefined = moments.find((one) => one === moment);
  if (kind === "answer lost") await query();
  if (kind === "dies inside") {
    await sql
      .begin(async (tx) => {
        await Reflect.apply(tx, undefined, args);
        throw new Undone();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undone)) throw error;
      });
  }
  throw new WorkerDied(call, moment);
}
