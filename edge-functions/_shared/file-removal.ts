// Deletes the files of runs that retention removed: the database cannot, only the Storage service may.
import type { BlobStore } from "./blob-store.ts";
import type { Engine } from "./engine.ts";

const MOST_AT_ONCE = 100;

type Removals = Pick<Engine, "sweep" | "takeFileRemovals" | "filesRemoved">;

/**
 * A sweep after which due files are deleted, beside the work and one batch at a time. What could not be deleted comes up
 * again a minute later.
 */
export function sweepWithFiles(engine: Removals, blobs: BlobStore): Engine["sweep"] {
  let removing = false;
  const remove = async (): Promise<void> => {
    const paths = await engine.takeFileRemovals(MOST_AT_ONCE);
    if (paths.length === 0) return;
    await blobs.remove(paths);
    await engine.filesRemoved(paths);
  };
  return async () => {
    const swept = await engine.sweep();
    if (swept.removals === true && !removing) {
      removing = true;
      remove()
        .catch((error: unknown) => {
          console.warn(
            `Files were not deleted yet: ${error instanceof Error ? error.message : String(error)}`,
          );
        })
        .finally(() => {
          removing = false;
        });
    }
    return swept;
  };
}
