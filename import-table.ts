// Who may import whom. The lint rules are computed from this table; a test fails when a folder has no row.
export const mayImport: Record<string, readonly string[]> = {
  "src/core": [],
  "src/nodes": ["src/core"],
  "src/ui": ["src/core"],
  "src/data": ["src/core"],
  "src/builder": ["src/core", "src/nodes", "src/data", "src/ui"],
  "src/runboard": ["src/core", "src/nodes", "src/data", "src/ui"],
  "src/routes": ["src/core", "src/nodes", "src/data", "src/ui", "src/builder", "src/runboard"],
  "src/cli": ["src/core", "src/nodes"],
  "edge-functions": ["src/core", "src/nodes"],
  "supabase/embedded": ["src/core"],
  e2e: ["src/core", "src/nodes", "edge-functions", "supabase/embedded"],
  scripts: ["src/core", "src/nodes", "supabase/embedded"],
};

/** The packages of the pure ring; everything else would tie it to a host. */
export const corePackages = ["zod", "@marcbachmann/cel-js", "croner"];

function escape(text: string): string {
  return text.replace(/[/.-]/g, "\\$&");
}

/** Matches a relative specifier that leaves `ring` and enters `other`. */
export function crossing(ring: string, other: string): string {
  const sameParent = ring.startsWith("src/") && other.startsWith("src/");
  return sameParent
    ? `^(\\.\\./)+(src/)?${escape(other.slice("src/".length))}/`
    : `^(\\.\\./)+${escape(other)}/`;
}

/** The rings a file of `ring` must not import from. */
export function forbidden(ring: string): string[] {
  return Object.keys(mayImport).filter((other) => other !== ring && !mayImport[ring]?.includes(other));
}
