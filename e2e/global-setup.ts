import type { TestProject } from "vitest/node";
import { buildTemplate } from "./database.ts";

/** Builds the template database once per test run; test files clone it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const template = await buildTemplate();
  project.provide("templateUrl", template.url);
  return template.stop;
}
