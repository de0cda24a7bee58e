// Whether a query of an sql verifier is one plain select. The database decides again with rights of its own; this says it while people type.

/** Functions a query may call; everything else is refused, because a function may do anything. Kept equal to engine.query_problem. */
const FUNCTIONS =
  "abs avg bool_and bool_or btrim cardinality ceil char_length coalesce concat concat_ws count date_part date_trunc dense_rank every exists extract " +
  "first_value floor greatest json_array_length jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_object jsonb_typeof lag " +
  "last_value lead least left length lower ltrim make_interval max min mod now nullif position rank replace right round row_number rtrim split_part " +
  "starts_with strpos substr substring sum to_char to_timestamp trim trunc unnest upper";
/** Words of the language that may stand before a bracket. */
const KEYWORDS =
  "all and any array as between by case cast cross distinct else end except filter from group having ilike in inner intersect interval is join lateral left " +
  "like limit not offset on or order outer over partition right select some then union using values when where with within";
const known = new Set(`${FUNCTIONS} ${KEYWORDS}`.split(" "));

const FORBIDDEN =
  /\b(insert|update|delete|merge|into|copy|set|reset|call|do|execute|prepare|lock|listen|notify|vacuum|create|alter|drop|truncate|grant|revoke|table|for|operator|collate|tablesample|recursive)\b/;

/** What is wrong with a query, or null when it is one select without side effects. */
export function queryProblem(query: string): string | null {
  // A quote inside a text is written twice, so every literal becomes one pair, whatever it holds.
  const collapsed = query.toLowerCase().replaceAll(/'[^']*'/g, "''");
  if (/[a-z0-9_&]''/.test(collapsed)) return "Texts with a prefix (E'…', U&'…') are not taken.";
  const bare = collapsed.replaceAll("''", " ");
  if (bare.includes("'")) return "A quote is never closed.";
  if (bare.includes("--") || bare.includes("/*") || bare.includes("*/")) return "Comments are not taken.";
  if (/[;\\"$`]/.test(bare.replaceAll(/\$1\b/g, " ")))
    return 'It is one statement, without ; " \\ and $ other than $1.';
  if (/[^\x20-\x7e\n\t\r]/.test(bare)) return "Outside of texts only plain ASCII is taken.";
  if (/\b(pg_|information_schema\b)/.test(bare)) return "The system's own tables are not read.";
  if (!/^\s*(select|with)\b/.test(bare)) return "It begins with select or with.";
  const word = FORBIDDEN.exec(bare)?.[1];
  if (word !== undefined) return `The word "${word}" is not taken: a check only reads.`;
  for (const [, name = ""] of bare.matchAll(/([a-z_][a-z0-9_.]*)\s*\(/g))
    if (!known.has(name)) return `The function ${name} is not taken.`;
  return null;
}
