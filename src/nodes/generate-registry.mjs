// Writes registry.gen.ts from the *.node.ts files beside it; with --check it only says whether the file is stale.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL(".", import.meta.url);
const kinds = readdirSync(here)
  .filter((file) => file.endsWith(".node.ts"))
  .map((file) => file.slice(0, -".node.ts".length))
  .sort();
const name = (kind) => kind.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase()) + "Node";
const text = `// Generated from the *.node.ts files by \`npm run gen\`; do not edit.
import type { Node, Registry } from "../core/node.ts";
${kinds.map((kind) => `import ${name(kind)} from "./${kind}.node.ts";`).join("\n")}

/** Every node kind of this installation, by name. */
export const registry: Registry = [
${kinds.map((kind) => `  ${name(kind)},`).join("\n")}
];

const byKind = new Map<string, Node>(registry.map((node) => [node.kind, node]));

/** The kind of that name, if this installation has it. */
export function nodeOf(kind: string): Node | undefined {
  return byKind.get(kind);
}
`;
const target = new URL("registry.gen.ts", here);
if (process.argv.includes("--check")) {
  let found = "";
  try {
    found = readFileSync(target, "utf8");
  } catch {}
  if (found !== text) {
    console.error("src/nodes/registry.gen.ts is stale: run `npm run gen` and commit the result.");
    process.exit(1);
  }
} else writeFileSync(target, text);
