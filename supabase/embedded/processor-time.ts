import { readFileSync } from "node:fs";

/** Linux tells processor time in hundredths of a second, on every machine. */
const TICK_MS = 10;

/** Milliseconds that the process's main thread, the one its JavaScript runs on, has computed; undefined where the system does not tell. */
export function processorTime(pid: number): number | undefined {
  try {
    return threadTime(readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** @param stat the line of /proc about a thread; its second field, the name in brackets, may contain anything */
export function threadTime(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isNaN(ticks) ? undefined : ticks * TICK_MS;
}
