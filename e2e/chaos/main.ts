// `npm run chaos -- [--runs N] [--minutes M] [--seed S] [--only NAME] [--proofs] [--json FILE]`: the storm, then its negative controls.
// `--proofs` makes the further proofs after them; `--only` takes the name of the storm, of one control or of one proof.
import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { controls } from "./controls.ts";
import { furtherProofs, type Proved } from "./proofs.ts";
import { type StormResult, storm } from "./storm.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10000" },
    minutes: { type: "string" },
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    only: { type: "string" },
    proofs: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const seed = Number(values.seed);
const names = ["storm", ...Object.keys(controls), ...Object.keys(furtherProofs)];
if (values.only !== undefined && !names.includes(values.only)) {
  console.error(`"${values.only}" is not part of this. Parts: ${names.join(", ")}.`);
  process.exit(2);
}
const wanted = (name: string): boolean => values.only === undefined || values.only === name;
const began = performance.now();
console.log(`seed ${seed}`);

function describe(result: StormResult): string {
  const { ended } = result;
  return `${result.runs} runs, ${result.steps} steps in ${result.seconds} s: ${Object.entries(ended)
    .map(([status, count]) => `${count} ${status}`)
    .join(", ")}
faults      ${result.kills} kills, ${result.powerCuts} power cuts, ${result.stalls} stalls, ${result.blackHoles} black holes, 1 % of statements
found       ${result.lost} lost, ${result.duplicated} recorded twice, ${result.gaps} with gaps, ${result.rejectedReports} stale reports rejected
effects     ${(result.repeatedCalls * 100).toFixed(1)} % called more than once, each recorded once; ${result.decisions} questions answered`;
}

let result: StormResult | undefined;
if (wanted("storm")) {
  result = await storm({
    seed,
    runs: Number(values.runs),
    ...(values.minutes === undefined ? {} : { minutes: Number(values.minutes) }),
    onNews: (text) => console.log(`  ${text}`),
  });
  console.log(describe(result));
  for (const line of result.broken.slice(0, 50)) console.log(`BROKEN      ${line}`);
}
const shown: { name: string; red: boolean }[] = [];
for (const [name, control] of Object.entries(controls)) {
  if (!wanted(name)) continue;
  const found = await control(seed);
  shown.push({ name, red: found.length > 0 });
  console.log(
    `control     ${name}: ${found.length > 0 ? `red (${found.length} findings, such as: ${found.at(-1)})` : "NOT RED"}`,
  );
}
const proved: Record<string, Proved> = {};
for (const [name, prove] of Object.entries(furtherProofs)) {
  if (values.only === undefined ? !values.proofs : values.only !== name) continue;
  const began = performance.now();
  const found = await prove(seed, (text) => console.log(`  ${text}`));
  proved[name] = found;
  console.log(`${name}: ${found.figures}; ${Math.round((performance.now() - began) / 1_000)} s`);
  for (const { name: what, value, wanted, met } of found.targets ?? [])
    if (!met) console.log(`MISSED      ${what}: ${value}, wanted ${wanted}`);
  for (const { name: control, red } of found.controls ?? [])
    console.log(`control     ${control}: ${red ? "red" : "NOT RED"}`);
  for (const line of found.broken.slice(0, 50)) console.log(`BROKEN      ${line}`);
}
const isProven = Object.values(proved).every(
  ({ broken, controls: own }) => broken.length === 0 && (own ?? []).every(({ red }) => red),
);
const seconds = Math.round((performance.now() - began) / 100) / 10;
if (values.json !== undefined) {
  const {
    runs = 0,
    kills = 0,
    powerCuts = 0,
    lost = 0,
    duplicated = 0,
    gaps = 0,
    rejectedReports = 0,
  } = result ?? {};
  const figures = {
    runs,
    kills,
    powerCuts,
    lost,
    duplicated,
    gaps,
    rejectedReports,
    seconds,
    controls: shown,
    proofs: Object.fromEntries(
      Object.entries(proved).map(([name, { numbers, targets, controls: own, broken }]) => [
        name,
        { ...numbers, broken: broken.length, targets: targets ?? [], controls: own ?? [] },
      ]),
    ),
  };
  writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
}
const sound =
  (result?.broken.length ?? 0) + (result?.lost ?? 0) + (result?.duplicated ?? 0) + (result?.gaps ?? 0) === 0;
const ok = sound && isProven && shown.every(({ red }) => red);
console.log(`${ok ? "sound" : `NOT SOUND: run it again with --seed ${seed}`}, ${seconds} s`);
process.exit(ok ? 0 : 1);
