// `can.artifact`: keeps a result for people; a long body becomes a file.
import type { Capabilities } from "../../../src/core/capabilities.ts";
import type { ArtifactDraft } from "../../../src/core/worker.ts";
import type { AttemptRecord } from "../attempt-record.ts";
import type { BlobStore } from "../blob-store.ts";
import { sha256 } from "../sha256.ts";
import { ROW_LIMIT, storable, type FilePlace } from "../stored.ts";

const utf8 = new TextEncoder();

/** @throws StepError `transient`/`storage` when a long body cannot be stored */
export async function keepArtifact(
  draft: Parameters<Capabilities["artifact"]>[0],
  place: FilePlace,
  record: AttemptRecord,
  blobs: BlobStore,
): Promise<ArtifactDraft> {
  const clean = (text: string) => String(storable(record.redactor.text(text)));
  const text = clean(draft.body ?? draft.url ?? "");
  const bytes = utf8.encode(text);
  const facts = {
    kind: draft.kind,
    title: clean(draft.title).slice(0, 200),
    mime: draft.mime,
    bytes: bytes.length,
    sha256: sha256(bytes),
  };
  const artifact: ArtifactDraft = {
    ...facts,
    ...(draft.url === undefined ? await placeBody() : { url: text }),
  };
  record.artifacts.push(artifact);
  return artifact;

  async function placeBody(): Promise<{ body: string } | { path: string }> {
    if (bytes.length <= ROW_LIMIT) return { body: text };
    const path = `${place.workspaceId}/${place.runId}/artifacts/${facts.sha256}`;
    await blobs.put(path, bytes, draft.mime);
    return { path };
  }
}
