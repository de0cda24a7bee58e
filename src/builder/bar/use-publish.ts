// Stores the draft, then makes a version of exactly what was stored.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { publish, type Published } from "../../data/versions.ts";
import { useBuilderValue } from "../builder-context.tsx";

/** @returns publishes under a name; rejects with NotPublishable, or with why the draft could not be stored */
export function usePublish(flush: () => Promise<void>): (name?: string) => Promise<Published> {
  const queries = useQueryClient();
  const { store, workflow } = useBuilderValue();
  return useCallback(
    async (name) => {
      await flush();
      const { revision } = store.getState();
      const published = await publish(workflow.id, {
        revision,
        ...(name === undefined || name.trim() === "" ? {} : { name: name.trim() }),
      });
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["workflows"] }),
        queries.invalidateQueries({ queryKey: ["versions", workflow.id] }),
        queries.invalidateQueries({ queryKey: ["surroundings"] }),
        queries.invalidateQueries({ queryKey: ["triggers"] }),
      ]);
      return published;
    },
    [flush, queries, store, workflow],
  );
}
