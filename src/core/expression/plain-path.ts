// Expressions that are nothing but a path, such as `input.id`: by far the most there are, and read here without the parser.

/** `start` and `end` are offsets into the source. */
export interface PlainPath {
  root: string;
  segments: string[];
  optional: false;
  start: number;
  end: number;
}

const names = /^[ \t\r\n]*([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)[ \t\r\n]*$/;

/** Words the language keeps: values and operators anywhere, the others as the first name. */
const words = new Set(["true", "false", "null", "in"]);
const reserved = new Set(
  (
    "as break const continue else for function if import let loop package namespace return var void while " +
    "__proto__ prototype"
  ).split(" "),
);

/** The parser's own bound on depth is left to the parser. */
const mostSegments = 30;

/** Null for everything that needs the parser, and for what it would refuse. */
export function plainPath(source: string): PlainPath | null {
  const text = names.exec(source)?.[1];
  if (text === undefined) return null;
  const segments = text.split(".");
  const root = segments.shift() ?? "";
  if (segments.length > mostSegments || reserved.has(root) || words.has(root) || root.endsWith("__"))
    return null;
  for (const segment of segments) if (words.has(segment)) return null;
  const start = source.indexOf(text);
  return { root, segments, optional: false, start, end: start + text.length };
}
