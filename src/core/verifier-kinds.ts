// The kinds of verifiers as values: what each is told, its form, what it reads and which connections it uses.
import { z } from "zod";
import { Binding, Cel } from "./binding.ts";
import { Json, JsonObject, Key, Ms, Slug } from "./json.ts";
import type { FieldForm } from "./node.ts";
import type { VerifierKind } from "./plan.ts";
import { Approvers } from "./run.ts";
import { StatusRule } from "./status-rule.ts";

/** Polls this close together are waited for in the attempt; longer ones give the worker back. */
export const SHORT_POLL_MS = 2_000;
/** How long a polling check waits when it does not say. */
export const POLL_WAIT_MS = 600_000;

const placeholder = { literal: "" };

export const JsonSchemaCheck = z.strictObject({
  schema: JsonObject.optional(),
  target: z.string().max(1_024).optional(),
});
export const ExprCheck = z.strictObject({ expr: Cel });
export const HttpCheck = z.strictObject({
  url: Binding.default(placeholder),
  method: z.enum(["GET", "HEAD", "POST"]).default("GET"),
  connection: Slug.optional(),
  body: Binding.optional(),
  okStatus: z.array(StatusRule).min(1).default(["2xx"]),
  expect: Cel.optional(),
  pollMs: Ms.min(250).max(86_400_000).optional(),
  maxWaitMs: Ms.max(30 * 86_400_000).optional(),
});
export type HttpCheck = z.infer<typeof HttpCheck>;
export const ChecksumCheck = z.strictObject({
  target: z.string().min(1).max(1_024),
  sha256: Binding.default(placeholder),
});
export type ChecksumCheck = z.infer<typeof ChecksumCheck>;
export const SqlCheck = z.strictObject({
  query: z.string().min(1).max(4_000),
  params: z.record(Key, Binding).default({}),
  expect: Cel.default("rows.size() > 0"),
});
export type SqlCheck = z.infer<typeof SqlCheck>;
export const JudgeCheck = z.strictObject({
  rubric: z.string().min(1).max(8_000),
  connection: Slug.default("sandbox"),
  model: z.string().min(1).max(120).default("sandbox-1"),
  threshold: z.number().min(0).max(10).default(7),
  target: z.string().max(1_024).optional(),
  maxInputChars: z.int().min(100).max(200_000).default(20_000),
});
export type JudgeCheck = z.infer<typeof JudgeCheck>;
export const ApprovalCheck = z.strictObject({
  title: z.string().min(1).max(500).optional(),
  message: z.string().max(4_000).optional(),
  approvers: Approvers.prefault({}),
  timeoutMs: Ms.optional(),
});
export type ApprovalCheck = z.infer<typeof ApprovalCheck>;

export interface VerifierFacts {
  title: string;
  summary: string;
  config: z.ZodObject;
  form: Record<string, FieldForm>;
  /** True when it looks outside the attempt: such a check may be unreachable, and is then repeated without the work. */
  outside: boolean;
  /** The config a new check starts with. */
  start: JsonObject;
  timeoutMs: number;
}

const target = (help: string): FieldForm => ({
  label: "Part of the output",
  placeholder: "body.total",
  help,
});

export const verifierKinds: Record<VerifierKind, VerifierFacts> = {
  expr: {
    title: "Expression",
    summary: "A condition over the output is true.",
    config: ExprCheck,
    form: { expr: { label: "Condition", widget: "expression", placeholder: "output.body.total >= 0" } },
    outside: false,
    start: { expr: "output != null" },
    timeoutMs: 15_000,
  },
  json_schema: {
    title: "JSON Schema",
    summary: "The output has a shape.",
    config: JsonSchemaCheck,
    form: {
      schema: { label: "Schema", widget: "schema" },
      target: target("Empty checks the whole output, port by port."),
    },
    outside: false,
    start: { schema: { type: "object" } },
    timeoutMs: 15_000,
  },
  http: {
    title: "HTTP",
    summary: "An address answers as expected, now or within a time.",
    config: HttpCheck,
    form: {
      url: { label: "URL", placeholder: "https://ci.example.com/builds/{{ output.body.id }}" },
      method: { label: "Method", widget: "select" },
      expect: {
        label: "Condition on the answer",
        widget: "expression",
        placeholder: 'response.body.status == "green"',
        help: "Over response.status, response.headers and response.body.",
      },
      pollMs: {
        label: "Ask again every",
        widget: "duration",
        help: "Until it fits. The run waits meanwhile; nothing is kept busy.",
      },
      maxWaitMs: { label: "Give up after", widget: "duration", help: "10 minutes when empty." },
      connection: { label: "Connection", widget: "connection", advanced: true },
      okStatus: { label: "Expected statuses", widget: "tags", advanced: true },
      body: { label: "Body", advanced: true, help: "Sent as JSON; POST only." },
    },
    outside: true,
    start: { url: { template: "https://" }, method: "GET" },
    timeoutMs: 15_000,
  },
  checksum: {
    title: "Checksum",
    summary: "A text, data or file has the SHA-256 it should have.",
    config: ChecksumCheck,
    form: {
      target: target("A text, a file, or any value; files and data addresses are taken by their bytes."),
      sha256: { label: "Expected SHA-256", placeholder: "64 hexadecimal digits" },
    },
    outside: true,
    start: { target: "body", sha256: { template: "" } },
    timeoutMs: 60_000,
  },
  sql: {
    title: "SQL",
    summary: "A question to the workspace's own runs has the right answer.",
    config: SqlCheck,
    form: {
      query: {
        label: "Query",
        widget: "code",
        placeholder: "select status from runs where id::text = $1 ->> 'run'",
        help: "One select over workflows, lanes, runs, steps, attempts and artifacts of this workspace. $1 holds the parameters.",
      },
      params: { label: "Parameters", widget: "bindings" },
      expect: { label: "Condition on the rows", widget: "expression", placeholder: "rows.size() == 1" },
    },
    outside: true,
    start: { query: "select count(*) as n from runs", expect: "rows[0].n > 0" },
    timeoutMs: 15_000,
  },
  llm_judge: {
    title: "Language model",
    summary: "A model gives the output enough points of ten by your rubric.",
    config: JudgeCheck,
    form: {
      rubric: {
        label: "What makes it good",
        widget: "textarea",
        placeholder: "Polite, answers the question, names no other customer.",
      },
      threshold: { label: "Points needed, of 10", widget: "number" },
      connection: {
        label: "Connection",
        widget: "text",
        help: "A connection to a language model. The sandbox asks nobody and passes everything.",
      },
      model: { label: "Model", widget: "text", help: "Take another one than the author's." },
      target: target("Empty judges the whole output."),
      maxInputChars: { label: "Characters shown to it", widget: "number", advanced: true },
    },
    outside: true,
    start: { rubric: "", threshold: 7 },
    timeoutMs: 60_000,
  },
  approval: {
    title: "People",
    summary: "People look at the output and agree.",
    config: ApprovalCheck,
    form: {
      title: { label: "Question", widget: "template", placeholder: "Is this good to go out?" },
      message: { label: "What they should know", widget: "prompt" },
      approvers: { label: "Who decides", widget: "approvers" },
      timeoutMs: {
        label: "Expires after",
        widget: "duration",
        help: "An unanswered question fails the check.",
      },
    },
    outside: true,
    start: { approvers: { roles: ["operator"], users: [], quorum: 1 } },
    timeoutMs: 15_000,
  },
};

/** An expression, template or binding inside a verifier's config; `roots` are named there besides what the step reads. */
export interface VerifierSource {
  path: string;
  binding: Binding;
  roots: Record<string, JsonObject>;
  want?: JsonObject;
}

const boolean = { type: "boolean" };
const response = {
  type: "object",
  properties: { status: { type: "integer" }, headers: { type: "object" }, body: {} },
};
const rows = { type: "array", items: { type: "object", additionalProperties: true } };

/** Everything in a verifier's config that is evaluated; `output` is always among its roots. */
export function verifierSources(kind: VerifierKind, config: JsonObject): VerifierSource[] {
  const sources: VerifierSource[] = [];
  const text = (field: string) => (typeof config[field] === "string" ? config[field] : undefined);
  const add = (field: string, binding: Binding | undefined, more: Partial<VerifierSource> = {}) => {
    if (binding) sources.push({ path: field, binding, roots: {}, ...more });
  };
  const bound = (value: Json | undefined) => Binding.safeParse(value).data;
  const expr = (field: string, more: Partial<VerifierSource> = {}) => {
    const source = text(field);
    if (source !== undefined && source !== "") add(field, { expr: source }, { want: boolean, ...more });
  };
  if (kind === "expr") expr("expr");
  if (kind === "http") {
    add("url", bound(config.url));
    add("body", bound(config.body));
    expr("expect", { roots: { response } });
  }
  if (kind === "checksum") add("sha256", bound(config.sha256));
  if (kind === "sql") {
    const params = config.params;
    if (params !== null && typeof params === "object" && !Array.isArray(params))
      for (const [key, value] of Object.entries(params)) add(`params.${key}`, bound(value));
    expr("expect", { roots: { rows } });
  }
  if (kind === "approval")
    for (const field of ["title", "message"]) {
      const template = text(field);
      if (template !== undefined) add(field, { template });
    }
  return sources;
}

/** The connections a verifier uses; the sandbox is none. */
export function verifierConnections({ kind, config }: { kind: VerifierKind; config: JsonObject }): Slug[] {
  if (kind !== "http" && kind !== "llm_judge") return [];
  return typeof config.connection === "string" && config.connection !== "sandbox" ? [config.connection] : [];
}
