// The one set of services a function process shares between its invocations.
import { parseAllowList } from "./addresses.ts";
import { createBlobStore } from "./blob-store.ts";
import { Breakers } from "./breakers.ts";
import type { Installation } from "./capabilities/capabilities.ts";
import { Egress, portOf } from "./egress.ts";
import { openEngine } from "./engine.ts";
import { env, needEnv } from "./env.ts";

let egress: Egress | undefined;

/** The egress door of this process. The installation's own address is open, for the practice server. */
export function openEgress(): Egress {
  if (egress) return egress;
  const { RUNBOARD_ALLOW_PRIVATE: named, SUPABASE_URL: own } = env();
  const list = own === undefined ? [named] : [named, ...ownHosts(new URL(own))];
  egress = new Egress({ allow: parseAllowList(list.join(",")) });
  return egress;
}

/** A browser may know a loopback address by any of its names. */
function ownHosts(own: URL): string[] {
  const loopback = ["127.0.0.1", "localhost", "[::1]"];
  const names = loopback.includes(own.hostname) ? loopback : [own.hostname];
  return names.map((name) => `${name}:${portOf(own)}`);
}

/** What steps of this process run with. */
export function openInstallation(): Installation {
  const engine = openEngine();
  const { SUPABASE_URL: own } = env();
  return {
    egress: openEgress(),
    blobs: createBlobStore(),
    // The practice server fails on demand, and stands at the installation's own address.
    breakers: new Breakers(engine, own === undefined ? [] : [new URL(own).host, ...ownHosts(new URL(own))]),
    vaultKey: () => needEnv("RUNBOARD_VAULT_KEY"),
    getConnection: (workspaceId, slug) => engine.getConnection(workspaceId, slug),
    queryRows: (workspaceId, query, params) => engine.queryRows(workspaceId, query, params),
  };
}
