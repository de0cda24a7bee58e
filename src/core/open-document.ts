// The door documents come in by: files, pastes and imports. Reading one performs nothing.
import { CanvasDoc, WorkflowFile } from "./canvas.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Json } from "./json.ts";
import type { Registry } from "./node.ts";
import { pathText } from "./validate.ts";

/** Largest document read, in UTF-16 code units of its text. */
export const maxDocumentCharacters = 10 * 1024 * 1024;
const maxDepth = 100;
const maxValues = 1_000_000;

/** Documents are stored under this version; older ones are brought up to it, one step each. */
const migrations: readonly ((doc: { [key: string]: Json }) => { [key: string]: Json })[] = [];
const schemaVersion = migrations.length + 1;

export interface OpenedDocument {
  doc: CanvasDoc;
  /** The names a file gives; absent when only a canvas was given. */
  file?: { slug: string; title: string; description: string };
  /** What was changed while opening, for people. */
  notices: string[];
}

export type Opened = OpenedDocument | { diagnostics: Diagnostic[] };

/**
 * Opens a canvas document or a whole `*.workflow.json` file.
 * @param source   the file's text, or JSON that was parsed already
 * @param registry used to bring the configs of older kind versions up to date
 * @returns        the parsed document, or why it is refused, each reason with its place; never throws
 */
export function openDocument(source: string | Json, registry: Registry): Opened {
  const value = typeof source === "string" ? parseText(source) : { json: source };
  if ("refused" in value) return refused("", value.refused, value.hint);
  const unsafe = findUnsafe(value.json);
  if (unsafe) return refused(unsafe.path, unsafe.message, unsafe.hint);
  const root = value.json;
  if (root === null || typeof root !== "object" || Array.isArray(root))
    return refused(
      "",
      "This is not a workflow: it is not a JSON object.",
      "Open a file that ends in .workflow.json.",
    );
  const file = "doc" in root || "runboard" in root;
  const canvas = file ? root.doc : root;
  const migrated = migrateDocument(canvas);
  if ("diagnostics" in migrated) return migrated;
  const current = migrateConfigs(migrated.doc, registry);
  const parsed = file
    ? WorkflowFile.safeParse({ ...root, doc: current.doc })
    : CanvasDoc.safeParse(current.doc);
  if (!parsed.success) return { diagnostics: parsed.error.issues.slice(0, 20).map(issueDiagnostic) };
  const notices = [...migrated.notices, ...current.notices];
  if (!("doc" in parsed.data)) return { doc: parsed.data, notices };
  const { doc, slug, title, description } = parsed.data;
  return { doc, file: { slug, title, description }, notices };
}

function parseText(text: string): { json: Json } | { refused: string; hint: string } {
  if (text.length > maxDocumentCharacters)
    return {
      refused: `The document is larger than ${maxDocumentCharacters / 1024 / 1024} MB.`,
      hint: "Move large values into artifacts or inputs.",
    };
  try {
    return { json: JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text) };
  } catch (cause) {
    const at = cause instanceof SyntaxError ? cause.message.slice(0, 200) : "it is nested too deeply";
    return { refused: `This is not JSON: ${at}.`, hint: "Check the file, or export it again." };
  }
}

interface Unsafe {
  path: string;
  message: string;
  hint: string;
}

/** Walks without recursion, so that no depth of nesting can exhaust the stack. */
function findUnsafe(root: Json): Unsafe | null {
  const open: { value: Json; path: readonly (string | number)[] }[] = [{ value: root, path: [] }];
  let values = 0;
  for (let at = open.pop(); at; at = open.pop()) {
    const { value, path } = at;
    if (++values > maxValues)
      return {
        path: "",
        message: `The document holds more than ${maxValues} values.`,
        hint: "Split it into sub-workflows.",
      };
    if (value === null || typeof value !== "object") continue;
    if (path.length >= maxDepth)
      return {
        path: pathText(path),
        message: `The document is nested more than ${maxDepth} levels deep.`,
        hint: "Flatten this value.",
      };
    if (Array.isArray(value))
      for (const [n, item] of value.entries()) open.push({ value: item, path: [...path, n] });
    else
      for (const key of Object.keys(value)) {
        if (key === "__proto__")
          return {
            path: pathText([...path, key]),
            message: `The name ${key} is not allowed.`,
            hint: "Rename this field.",
          };
        open.push({ value: value[key] ?? null, path: [...path, key] });
      }
  }
  return null;
}

function migrateDocument(
  canvas: Json | undefined,
): { doc: { [key: string]: Json }; notices: string[] } | { diagnostics: Diagnostic[] } {
  if (canvas === null || canvas === undefined || typeof canvas !== "object" || Array.isArray(canvas))
    return refused("doc", "The file holds no canvas.", "Export the workflow again.");
  const version = canvas.schemaVersion;
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1)
    return refused(
      "schemaVersion",
      "The document does not say which version of the format it has.",
      `Write "schemaVersion": ${schemaVersion}.`,
    );
  if (version > schemaVersion)
    return refused(
      "schemaVersion",
      `The document has version ${version} of the format; this installation reads up to ${schemaVersion}.`,
      "Update this installation.",
    );
  const doc = migrations.slice(version - 1).reduce((old, migrate) => migrate(old), canvas);
  const notices =
    version < schemaVersion ? [`Brought from version ${version} of the format to ${schemaVersion}.`] : [];
  return { doc: version < schemaVersion ? { ...doc, schemaVersion } : doc, notices };
}

/** Nodes of an older version of their kind get its next configs; what is not a node is left for the parser to refuse. */
function migrateConfigs(
  doc: { [key: string]: Json },
  registry: Registry,
): { doc: { [key: string]: Json }; notices: string[] } {
  if (!Array.isArray(doc.nodes)) return { doc, notices: [] };
  const kinds = new Map(registry.map((kind) => [kind.kind, kind]));
  const notices: string[] = [];
  const nodes = doc.nodes.map((node) => {
    if (node === null || typeof node !== "object" || Array.isArray(node)) return node;
    const kind = typeof node.kind === "string" ? kinds.get(node.kind) : undefined;
    const { kindVersion: version = 1, config = {} } = node;
    if (!kind?.migrations || typeof version !== "number" || version < 1 || version >= kind.version)
      return node;
    if (config === null || typeof config !== "object" || Array.isArray(config)) return node;
    notices.push(
      `${String(node.title ?? node.key ?? kind.title)}: settings brought from version ${version} to ${kind.version}.`,
    );
    return {
      ...node,
      kindVersion: kind.version,
      config: kind.migrations.slice(version - 1).reduce((old, migrate) => migrate(old), config),
    };
  });
  return { doc: { ...doc, nodes }, notices };
}

function refused(path: string, message: string, hint: string): { diagnostics: Diagnostic[] } {
  return {
    diagnostics: [
      { code: "document.invalid", severity: "error", ...(path === "" ? {} : { path }), message, hint },
    ],
  };
}

function issueDiagnostic(issue: { path: PropertyKey[]; message: string }): Diagnostic {
  const path = pathText(issue.path);
  return {
    code: "document.invalid",
    severity: "error",
    path,
    message: `${path === "" ? "The document" : path}: ${issue.message}.`,
    hint: "Correct this place in the file.",
  };
}
