// Verbs on many runs: the operations under way in the workspace and those just ended, and how to start and stop them.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { OperationVerb } from "../core/run.ts";
import {
  abortOperation,
  operationsQuery,
  startOperation,
  type OperationOptions,
  type OperationRow,
} from "../data/operations.ts";
import { showFailure, showNote } from "../ui/toast.tsx";
import { verbWords, type BulkTarget } from "./bulk-filter.ts";

export interface Operations {
  /** Under way, or ended while this page was open and not dismissed. */
  shown: readonly OperationRow[];
  /** False when it was refused. */
  start: (verb: OperationVerb, target: BulkTarget, options?: OperationOptions) => Promise<boolean>;
  abort: (operation: OperationRow) => Promise<void>;
  dismiss: (operation: OperationRow) => void;
}

export function useOperations(workspaceId: string): Operations {
  const queries = useQueryClient();
  const query = operationsQuery(workspaceId);
  const { data = [] } = useQuery(query);
  const [opened] = useState(() => Date.now());
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const refresh = () => queries.invalidateQueries({ queryKey: query.queryKey });
  return {
    shown: data.filter(
      ({ id, status, createdAt, total }) =>
        !dismissed.has(id) && total > 0 && (status === "running" || Date.parse(createdAt) > opened - 60_000),
    ),
    async start(verb, target, options) {
      try {
        const { total } = await startOperation(verb, workspaceId, target.filter, options);
        if (total === 0)
          showNote(`Nothing to ${verbWords[verb].now.toLowerCase()}`, { description: target.words });
        await refresh();
        return true;
      } catch (error) {
        showFailure(`The runs could not be ${verbWords[verb].done.toLowerCase()}`, error);
        return false;
      }
    },
    async abort({ id }) {
      try {
        await abortOperation(id);
      } catch (error) {
        showFailure("It could not be aborted", error);
      }
      await refresh();
    },
    dismiss: ({ id }) => setDismissed((before) => new Set(before).add(id)),
  };
}
