// Installs the samples step by step and tells how far it is. A sample that fails does not stop the others.
import { asDataError } from "../../data/data-error.ts";
import type { Tool } from "../../core/tool.ts";
import { NotPublishable } from "../../data/versions.ts";
import { connectPractice, installSample, loadSamples } from "./samples.ts";

export interface InstallStep {
  id: string;
  label: string;
  status: "pending" | "running" | "succeeded" | "failed";
  problem?: string;
}

function problemOf(thrown: unknown): string {
  if (thrown instanceof NotPublishable) {
    return thrown.diagnostics.find((one) => one.severity === "error")?.message ?? thrown.message;
  }
  const error = asDataError(thrown);
  return `${error.message} ${error.hint}`.trim();
}

/** @param onChange told after each change, with every step */
export async function installSamples(
  workspaceId: string,
  onChange: (steps: InstallStep[]) => void,
): Promise<InstallStep[]> {
  const samples = await loadSamples();
  let steps: InstallStep[] = [
    { id: "practice", label: "Connect the practice server", status: "pending" },
    ...samples.map((sample): InstallStep => ({ id: sample.title, label: sample.title, status: "pending" })),
  ];
  const set = (id: string, change: Partial<InstallStep>) => {
    steps = steps.map((step) => (step.id === id ? { ...step, ...change } : step));
    onChange(steps);
  };
  const attempt = async <T>(id: string, work: () => Promise<T>): Promise<T | undefined> => {
    set(id, { status: "running" });
    try {
      const result = await work();
      set(id, { status: "succeeded" });
      return result;
    } catch (thrown) {
      set(id, { status: "failed", problem: problemOf(thrown) });
      return undefined;
    }
  };
  const tools: Tool[] = (await attempt("practice", () => connectPractice(workspaceId))) ?? [];
  for (const sample of samples) await attempt(sample.title, () => installSample(workspaceId, sample, tools));
  return steps;
}
