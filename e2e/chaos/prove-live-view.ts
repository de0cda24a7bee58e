import { controls } from "./controls.ts";
import type { Proof } from "./proofs.ts";

const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0);
const percent = (part: number, whole: number): number => Math.round((100 * part) / Math.max(1, whole));

/** what viewers with bad connections see in the end. `CHAOS_LIVE_VIEW=viewers,runs,items` makes it smaller. */
export const proveLiveView: Proof = async (seed, onNews) => {
  const small = (process.env["CHAOS_LIVE_VIEW"] ?? "").split(",").filter(Boolean).map(Number);
  const [viewers = 50, runs = 200, items = 23] = small;
  const catchUps =
    small.length > 0 ? { catchUpItems: 20, catchUps: 2 } : { catchUpItems: 1_250, catchUps: 40 };
  const { liveView } = await import("./live-view.ts");
  const found = await liveView(seed, { viewers, runs, items, ...catchUps }, onNews);
  const { events, sockets, missed, doubled, rightAfterMs, unpushed, broken } = found;
  const pushes = sum(sockets.map((one) => one.pushes));
  const dropped = sum(sockets.map((one) => one.dropped));
  const handedOn = sockets.map((one) => one.pushes - one.dropped).toSorted((a, b) => a - b);
  const caughtUp = found.catchUps.ms.toSorted((a, b) => a - b);
  const p95 = caughtUp[Math.ceil(caughtUp.length * 0.95) - 1] ?? 0;
  const numbers = {
    viewers,
    runs,
    events,
    missed,
    doubled,
    pushes,
    pushesDropped: dropped,
    pushesDoubled: sum(sockets.map((one) => one.doubled)),
    pushesLate: sum(sockets.map((one) => one.delayed)),
    pushesHandedOnLeast: handedOn[0] ?? 0,
    pushesHandedOnMedian: handedOn[Math.floor(handedOn.length / 2)] ?? 0,
    pushesHandedOnMost: handedOn.at(-1) ?? 0,
    cuts: sum(sockets.map((one) => one.cuts)),
    unpushed,
    rightAfterMs,
    catchUpEvents: found.catchUps.events,
    catchUpP95Ms: p95,
  };
  const serial = small.length > 0 ? undefined : await controls["global cursor"]?.(seed);
  return {
    figures:
      `${viewers} viewers, ${runs} runs, ${events} events: ${missed} missed, ${doubled} doubled, ${broken.length} views wrong; of ${pushes} pushes ` +
      `${dropped} (${percent(dropped, pushes)} %) dropped, ${numbers.pushesDoubled} doubled, ${numbers.pushesLate} late, ` +
      `${numbers.pushesHandedOnLeast} to ${numbers.pushesHandedOnMost} handed on per viewer, sockets cut ${numbers.cuts} times; ` +
      `a viewer that trusts its pushes would miss ${percent(unpushed, events)} %; right ${rightAfterMs} ms after the last event; ` +
      `${found.catchUps.events} events caught up in ${p95} ms at the 95th percentile of ${caughtUp.length}`,
    numbers,
    targets:
      small.length > 0 ? [] : [{ name: "catch-up p95 in ms", value: p95, wanted: 1_000, met: p95 <= 1_000 }],
    controls: [
      { name: "pushes trusted", red: unpushed > 0 },
      ...(serial ? [{ name: "global cursor", red: serial.length > 0 }] : []),
    ],
    broken: [...broken, ...(doubled === 0 ? [] : [`${doubled} events were handed on twice or out of order`])],
  };
};
