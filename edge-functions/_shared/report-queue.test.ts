import { expect, it } from "vitest";
import { StepReport } from "../../src/core/worker.ts";
import { ReportQueue } from "./report-queue.ts";

const report = (more: Partial<StepReport> = {}): StepReport =>
  StepReport.parse({
    runId: "22222222-2222-4222-8222-222222222222",
    stepKey: "a",
    itemPath: [],
    attempt: 1,
    outcome: "succeeded",
    ...more,
  });

const refusal = () => Object.assign(new Error("unsupported Unicode escape sequence"), { code: "22P05" });

it("leaves out what was done ahead when the engine refuses it, so that the claimed step still counts", async () => {
  const queue = new ReportQueue(15_000);
  let settled = 0;
  queue.add(report({ ahead: [{ stepKey: "b", output: { text: "bad" } }] }), () => settled++);
  const sent: StepReport[][] = [];
  await queue.send(async (reports) => {
    sent.push(reports);
    if (reports.some(({ ahead }) => ahead)) throw refusal();
    return { results: [], claimed: [] };
  }, 1);
  expect(sent.map((reports) => reports.map(({ outcome, ahead }) => [outcome, ahead?.length ?? 0]))).toEqual([
    [["succeeded", 1]],
    [["succeeded", 0]],
  ]);
  expect(settled).toBe(1);
  expect(queue.size).toBe(0);
});

it("turns a report into a failure that is refused without it, too", async () => {
  const queue = new ReportQueue(15_000);
  queue.add(report({ ahead: [{ stepKey: "b" }] }), () => undefined);
  const said: string[] = [];
  await queue.send(async ([only]) => {
    said.push(only?.error?.code ?? String(only?.outcome));
    if (only?.outcome === "succeeded") throw refusal();
    return { results: [], claimed: [] };
  }, 1);
  expect(said).toEqual(["succeeded", "succeeded", "report_refused"]);
});
