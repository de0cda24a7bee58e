// The laws every kind must keep. Adding a kind adds no line here.
import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { isParked, isRouted } from "../core/capabilities.ts";
import { StepError } from "../core/failure.ts";
import { Key } from "../core/json.ts";
import { WidgetName } from "../core/node.ts";
import { fakeCapabilities } from "./fake-capabilities.ts";
import { registry } from "./registry.gen.ts";

const nowhere = { tools: [], workflows: [], connections: [] };
const signal = { aborted: false, throwIfAborted() {} };

test("the registry holds every node file and nothing else", () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".node.ts"));
  expect(registry.map((node) => `${node.kind}.node.ts`)).toEqual(files.sort());
});

describe.each(registry.map((node) => [node.kind, node] as const))("%s", (kind, node) => {
  test("has a file of its own name and a page in the docs", () => {
    expect(existsSync(`${import.meta.dirname}/${kind}.node.ts`)).toBe(true);
    expect(existsSync(`docs/nodes/${kind}.md`)).toBe(true);
  });

  test("has a config that becomes JSON Schema", () => {
    expect(z.toJSONSchema(node.config, { io: "input" })).toMatchObject({ type: "object" });
  });

  test("reads a config as its schema does, into plain JSON", () => {
    const parsed = node.config.parse(node.sample.config);
    expect(node.readConfig(node.sample.config)).toStrictEqual({ config: JSON.parse(JSON.stringify(parsed)) });
  });

  test("labels every config field, with a widget the inspector has", () => {
    expect(Object.keys(node.form)).toEqual(expect.arrayContaining(Object.keys(node.config.shape)));
    for (const { widget } of Object.values(node.form)) if (widget !== undefined) WidgetName.parse(widget);
  });

  test("names its ports so that expressions can reach them", () => {
    const { inputs, outputs } = node.portsOf(node.sample.config, nowhere);
    for (const key of [...Object.keys(inputs), ...Object.keys(outputs)])
      expect(Key.safeParse(key).success).toBe(true);
  });

  test("routes only through ports it has", () => {
    const { outputs, routes } = node.portsOf(node.sample.config, nowhere);
    expect(routes.filter((port) => !(port in outputs))).toEqual([]);
  });

  test("draws its fixed ports while the config is unfinished", () => {
    expect(() => node.portsOf({ nonsense: true }, nowhere)).not.toThrow();
    expect(() => node.effectOf({ nonsense: true }, nowhere)).not.toThrow();
    expect(node.factOf({ nonsense: true }, {})).toBe("");
  });

  test("refuses a config field it does not know", () => {
    expect(node.config.safeParse({ ...node.sample.config, nonsense: true }).success).toBe(false);
  });

  test("runs its sample, or fails it in the way it is meant to", async () => {
    const { can } = fakeCapabilities();
    const ran = node.execute({ config: node.sample.config, input: node.sample.inputs, can, signal });
    if (kind === "fail") return expect(ran).rejects.toBeInstanceOf(StepError);
    const result = await ran;
    if (isParked(result) || node.role === "container") return;
    const { outputs } = node.portsOf(node.sample.config, nowhere);
    const given = isRouted(result) ? result.output : result;
    expect(Object.keys(given).filter((port) => !(port in outputs))).toEqual([]);
    if (!isRouted(result))
      expect(node.role === "step" ? node.outputs.safeParse(given).success : true).toBe(true);
  });

  test("ends its migrations in a config it accepts", () => {
    const migrated = (node.migrations ?? []).reduce((config, migrate) => migrate(config), node.sample.config);
    expect(node.config.safeParse(migrated).success).toBe(true);
    expect(node.version).toBe((node.migrations?.length ?? 0) + 1);
  });
});
