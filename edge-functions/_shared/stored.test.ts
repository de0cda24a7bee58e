import { describe, expect, it } from "vitest";
import type { BlobStore } from "./blob-store.ts";
import { fromStored, toStoredFields } from "./stored.ts";

const workspaceId = "11111111-1111-4111-8111-111111111111";
const place = { workspaceId, runId: "22222222-2222-4222-8222-222222222222" };

function files(): BlobStore & { kept: Map<string, Uint8Array<ArrayBuffer>> } {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    kept,
    put: (path, bytes) => Promise.resolve(void kept.set(path, bytes)),
    get: (path) => Promise.resolve(kept.get(path) ?? new Uint8Array()),
    remove: () => Promise.resolve(),
  };
}

describe("an object on its way into a row", () => {
  it("stays as it is while it is small", async () => {
    const blobs = files();
    const value = { a: "x".repeat(20_000), b: [1, { c: null }] };
    expect(await toStoredFields(value, place, blobs)).toEqual(value);
    expect(blobs.kept.size).toBe(0);
  });

  it("keeps its small fields and gives each large one a file of its own", async () => {
    const blobs = files();
    const value = { status: 200, body: { rows: ["y".repeat(70_000)] }, other: "z".repeat(9_000) };
    const stored = await toStoredFields(value, place, blobs);
    expect(stored).toMatchObject({
      status: 200,
      body: { rows: { $blob: {} } },
      other: { $blob: { bytes: 9_002 } },
    });
    expect(blobs.kept.size).toBe(2);
    expect(await fromStored({ it: stored }, workspaceId, blobs)).toEqual({ it: value });
  });

  it("keeps what is small beside a large field of a field", async () => {
    const blobs = files();
    const value = {
      value: { lines: ["x".repeat(70_000)], n: 1 },
      deep: { a: { b: { c: "y".repeat(9_000) } } },
    };
    const stored = await toStoredFields(value, place, blobs);
    expect(stored).toMatchObject({
      value: { lines: { $blob: {} }, n: 1 },
      deep: { a: { b: { $blob: {} } } },
    });
    expect(await fromStored({ it: stored }, workspaceId, blobs)).toEqual({ it: value });
  });

  it("becomes one file when its many fields are too much together", async () => {
    const blobs = files();
    const value = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, "x".repeat(1_000)]));
    const stored = await toStoredFields(value, place, blobs);
    expect(stored).toMatchObject({ $blob: { mime: "application/json" } });
    expect(await fromStored({ it: stored }, workspaceId, blobs)).toEqual({ it: value });
  });

  it("loses what Postgres cannot hold in text, in names too", async () => {
    const value = { "a\u0000": "b\ud800", large: "\u0000".repeat(70_000) };
    const blobs = files();
    const stored = await toStoredFields(value, place, blobs);
    expect(stored).toMatchObject({ "a\ufffd": "b\ufffd" });
    expect(await fromStored({ it: stored }, workspaceId, blobs)).toMatchObject({
      it: { large: "\ufffd".repeat(70_000) },
    });
  });
});
