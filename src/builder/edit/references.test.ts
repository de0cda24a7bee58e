import { describe, expect, it } from "vitest";
import { CanvasDoc } from "../../core/canvas.ts";
import { nodeOf } from "../../nodes/registry.gen.ts";
import { clipOf, paste, readClip } from "./clipboard.ts";
import { keyFromTitle, retitle } from "./keys.ts";
import { renameInExpression, renameInTemplate, renameKey } from "./references.ts";

const rename = (key: string) => (key === "fetch" ? "load" : undefined);

const doc = CanvasDoc.parse({
  schemaVersion: 1,
  nodes: [
    { id: "n1", key: "fetch", kind: "http-request", title: "Fetch", position: { x: 0, y: 0 } },
    {
      id: "n2",
      key: "is_large",
      kind: "branch",
      config: { cases: [{ port: "large", expr: "steps.fetch.output.body.total > 10" }], otherwise: "small" },
      inputs: { value: { ref: "steps.fetch.output.body" } },
      when: 'steps["fetch"].status == "succeeded"',
      verifiers: [{ name: "ok", kind: "expr", config: { expr: "steps.fetch.output.status == 200" } }],
      position: { x: 300, y: 0 },
    },
    {
      id: "n3",
      key: "build",
      kind: "transform",
      config: {
        fields: { total: { expr: "steps.fetch.output.body.total" }, text: { literal: "steps.fetch stays" } },
      },
      position: { x: 600, y: 0 },
    },
  ],
  edges: [{ id: "e1", source: "n1", sourcePort: "body", target: "n2", targetPort: "value" }],
  output: { body: { ref: "steps.fetch.output.body?" } },
});

describe("renaming in text", () => {
  it("rewrites names and leaves quoted text, longer names and fields alone", () => {
    expect(
      renameInExpression(
        'steps.fetch.output.a + "steps.fetch" + steps.fetch_2.output.b + x.steps.fetch',
        rename,
      ),
    ).toBe('steps.load.output.a + "steps.fetch" + steps.fetch_2.output.b + x.steps.fetch');
    expect(renameInExpression('steps["fetch"].error', rename)).toBe('steps["load"].error');
  });

  it("rewrites the holes of a template and not its text", () => {
    expect(renameInTemplate("steps.fetch: {{ steps.fetch.output.body }}", rename)).toBe(
      "steps.fetch: {{ steps.load.output.body }}",
    );
  });
});

describe("renaming a key", () => {
  const next = renameKey(doc, "n1", "load", nodeOf);

  it("rewrites inputs, conditions, checks, config expressions, config bindings and outputs", () => {
    expect(next.nodes[0]?.key).toBe("load");
    expect(next.nodes[1]).toMatchObject({
      config: { cases: [{ port: "large", expr: "steps.load.output.body.total > 10" }], otherwise: "small" },
      inputs: { value: { ref: "steps.load.output.body" } },
      when: 'steps["load"].status == "succeeded"',
      verifiers: [{ config: { expr: "steps.load.output.status == 200" } }],
    });
    expect(next.nodes[2]?.config).toEqual({
      fields: { total: { expr: "steps.load.output.body.total" }, text: { literal: "steps.fetch stays" } },
    });
    expect(next.output).toEqual({ body: { ref: "steps.load.output.body?" } });
  });

  it("leaves wires, which go by id", () => {
    expect(next.edges).toEqual(doc.edges);
  });
});

describe("titles and keys", () => {
  it("makes a key of any title", () => {
    expect(keyFromTitle("Fetch invoice №3!")).toBe("fetch_invoice_no3");
    expect(keyFromTitle("2 plus")).toBe("plus");
    expect(keyFromTitle("!!!")).toBe("step");
    expect(keyFromTitle("true")).toBe("true_step");
  });

  it("keeps the space after a word while the next one is typed", () => {
    expect(retitle(doc, "n1", "Load ", nodeOf).nodes[0]?.title).toBe("Load ");
    expect(retitle(doc, "n1", "  ", nodeOf).nodes[0]?.title).toBe(undefined);
  });

  it("lets a key follow the title it was made from, references included", () => {
    const next = retitle(doc, "n1", "Load page", nodeOf);
    expect(next.nodes[0]).toMatchObject({ title: "Load page", key: "load_page" });
    expect(next.nodes[1]?.inputs).toEqual({ value: { ref: "steps.load_page.output.body" } });
  });

  it("keeps a key that somebody chose", () => {
    expect(retitle(doc, "n2", "Big enough?", nodeOf).nodes[1]).toMatchObject({
      title: "Big enough?",
      key: "is_large",
    });
  });
});

describe("the clipboard", () => {
  it("pastes with new ids and keys, and references among the pasted follow", () => {
    const clip = readClip(JSON.stringify(clipOf(doc, new Set(["n1", "n2"]))));
    const { doc: next, ids, dangling } = paste(doc, clip!, { x: 40, y: 400 }, nodeOf);
    const [first, second] = next.nodes.slice(3);
    expect([first?.key, second?.key]).toEqual(["fetch_2", "is_large_2"]);
    expect([first?.position, second?.position]).toEqual([
      { x: 40, y: 400 },
      { x: 340, y: 400 },
    ]);
    expect(second?.inputs).toEqual({ value: { ref: "steps.fetch_2.output.body" } });
    expect(next.edges[1]).toMatchObject({ source: first?.id, target: second?.id, targetPort: "value" });
    expect([...ids].sort()).toEqual([first?.id, second?.id].sort());
    expect(dangling).toEqual([]);
  });

  it("names the steps that pasted nodes refer to and that are not here", () => {
    const elsewhere = CanvasDoc.parse({ schemaVersion: 1, nodes: [], edges: [] });
    expect(paste(elsewhere, clipOf(doc, new Set(["n2"])), { x: 0, y: 0 }, nodeOf).dangling).toEqual([
      "fetch",
    ]);
  });

  it("takes nothing that was not copied from a canvas", () => {
    expect(readClip("hello")).toBeUndefined();
    expect(readClip('{"runboard":1,"nodes":[{"id":1}]}')).toBeUndefined();
  });
});
