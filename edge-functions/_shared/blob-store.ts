// Files beside the rows: the only place that holds the administrator's key.
import { StepError } from "../../src/core/failure.ts";
import { needEnv } from "./env.ts";

export interface BlobStore {
  /** Storing the same path again is harmless: paths name their content. */
  put(path: string, bytes: Uint8Array<ArrayBuffer>, mime: string): Promise<void>;
  get(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Files that are not there count as removed. */
  remove(paths: string[]): Promise<void>;
}

/** The private bucket `runs` of this installation's Storage. Fails with `transient`/`storage` when it cannot be reached. */
export function createBlobStore(): BlobStore {
  const key = needEnv("SUPABASE_SERVICE_ROLE_KEY", "RUNBOARD_SECRET_KEY");
  const base = `${needEnv("SUPABASE_URL")}/storage/v1/object/runs`;
  const headers = { authorization: `Bearer ${key}`, apikey: key };
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(base + path, init).catch((cause: unknown) => {
      throw storageFailure("it could not be reached", cause);
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw storageFailure(`it answered ${response.status}`, undefined);
  };
  return {
    async put(path, bytes, mime) {
      const upload = { ...headers, "content-type": mime, "x-upsert": "true" };
      const response = await send(`/${path}`, { method: "POST", headers: upload, body: bytes });
      await response.body?.cancel();
    },
    async get(path) {
      const response = await send(`/${path}`, { headers });
      return new Uint8Array(await response.arrayBuffer());
    },
    async remove(paths) {
      const response = await send("", {
        method: "DELETE",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ prefixes: paths }),
      });
      await response.body?.cancel();
    },
  };
}

function storageFailure(why: string, cause: unknown): StepError {
  return new StepError(
    "transient",
    "storage",
    `The file storage did not keep or return a large value: ${why}.`,
    {
      hint: "It is retried. If it keeps failing, look at the Storage service.",
      cause,
    },
  );
}
