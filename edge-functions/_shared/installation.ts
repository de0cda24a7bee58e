// The one set of services a function process shares between its invocations.
import { parseAllowList } from "./addresses.ts";
import { createBlobStore } from "./blob-store.ts";
import type { Installation } from "./capabilities/capabilities.ts";
import { Egress, portOf } from "./egress.ts";
import { openEngine } from "./engine.ts";
import { env, needEnv } from "./env.ts";

let egress: Egress | undefined;

/** The egress door of this process. The installation's own address is open, for the practice server. */
export function openEgress(): Egress {
  if (egress) return egress;
  const { RUNBOARD_ALLOW_PRIVATE: named, SUPABASE_URL: own } = env();
  const list = own === undefined ? named : `${named},${new URL(own).hostname}:${portOf(new URL(own))}`;
  egress = new Egress({ allow: parseAllowList(list) });
  return egress;
}

/** What steps of this process run with. */
export function openInstallation(): Installation {
  const engine = openEngine();
  return {
    egress: openEgress(),
    blobs: createBlobStore(),
    vaultKey: () => needEnv("RUNBOARD_VAULT_KEY"),
    getConnection: (workspaceId, slug) => engine.getConnection(workspaceId, slug),
  };
}
