// Writes src/data/database.gen.ts, the types supabase-js is given, from the catalogue of a database built from supabase/schemas.
// `--check` only says whether it is stale.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { buildTemplate } from "../e2e/database.ts";
import { readColumns, readForeignKeys, readVerbs } from "./read-catalogue.mjs";

const FILE = join(import.meta.dirname, "../src/data/database.gen.ts");

const wanted = await generate();
if (process.argv.includes("--check")) {
  const stored = await readFile(FILE, "utf8").catch(() => "");
  if (stored !== wanted) {
    console.error("src/data/database.gen.ts is stale. Run: npm run gen");
    process.exit(1);
  }
} else {
  await writeFile(FILE, wanted);
}

async function generate() {
  const template = await buildTemplate();
  const sql = postgres(template.url, { max: 1, onnotice: () => {} });
  try {
    return render(await readColumns(sql), await readForeignKeys(sql), await readVerbs(sql));
  } finally {
    await sql.end();
    await template.stop();
  }
}

function render(columns, foreignKeys, verbs) {
  const tables = Map.groupBy(columns, (column) => column.relation);
  return [
    "// Made by scripts/generate-database-types.mjs from supabase/schemas: run `npm run gen`, do not edit.",
    'import type { Json } from "../core/json.ts";',
    "",
    "/** The API's tables and verbs, for `createClient<Database>`. Nobody inserts or updates rows: people write through verbs. */",
    "export type Database = {",
    "  public: {",
    "    Tables: {",
    ...[...tables].flatMap(([table, list]) => renderTable(table, list, foreignKeys)),
    "    };",
    "    Views: Record<never, never>;",
    "    Functions: {",
    ...verbs.flatMap((verb) => renderVerb(verb)),
    "    };",
    "    Enums: Record<never, never>;",
    "    CompositeTypes: Record<never, never>;",
    "  };",
    "};",
    "",
    "/** A row as REST returns it. */",
    'export type Row<T extends keyof Database["public"]["Tables"]> = Database["public"]["Tables"][T]["Row"];',
    "",
  ].join("\n");
}

function renderTable(table, columns, foreignKeys) {
  const own = foreignKeys.filter((key) => key.relation === table);
  return [
    `      ${table}: {`,
    "        Row: {",
    ...columns.map(
      (column) => `          ${column.name}: ${typeOf(column)}${column.nullable ? " | null" : ""};`,
    ),
    "        };",
    "        Insert: Record<string, never>;",
    "        Update: Record<string, never>;",
    `        Relationships: [${own.length === 0 ? "" : "\n"}${own.map(renderForeignKey).join("")}${own.length === 0 ? "" : "        "}];`,
    "      };",
  ];
}

function renderForeignKey(key) {
  return [
    "          {",
    `            foreignKeyName: ${JSON.stringify(key.name)};`,
    `            columns: ${JSON.stringify(key.columns)};`,
    `            isOneToOne: ${key.one_to_one};`,
    `            referencedRelation: ${JSON.stringify(key.referenced)};`,
    `            referencedColumns: ${JSON.stringify(key.referenced_columns)};`,
    "          },",
    "",
  ].join("\n");
}

function renderVerb({ name, args, returns, returns_table: returnsTable }) {
  const list = args.map((arg) => {
    const nullable = arg.type !== "jsonb" && (arg.optional || arg.type === "text");
    return `          ${arg.name}${arg.optional ? "?" : ""}: ${scalarOf(arg.type)}${nullable ? " | null" : ""};`;
  });
  const answer =
    returnsTable === null ? scalarOf(returns) : `Database["public"]["Tables"]["${returnsTable}"]["Row"]`;
  return [
    `      ${name}: {`,
    "        Args: {",
    ...list,
    "        };",
    `        Returns: ${answer};`,
    "      };",
  ];
}

/** A column limited to a list of words by a check is a union of them. */
function typeOf({ type, words }) {
  if (words !== null) return words.map((word) => JSON.stringify(word)).join(" | ");
  return scalarOf(type);
}

function scalarOf(type) {
  if (type.endsWith("[]")) return `${scalarOf(type.slice(0, -2))}[]`;
  if (["smallint", "integer", "bigint", "numeric", "real", "double precision"].includes(type))
    return "number";
  if (type === "boolean") return "boolean";
  if (type === "json" || type === "jsonb") return "Json";
  if (type === "void") return "undefined";
  return "string";
}
