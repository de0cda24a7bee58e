// What a running node may touch. Interfaces only: they are implemented in one place, on the server.
import type { Binding } from "./binding.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ToolRef } from "./tool.ts";
import type { ArtifactDraft, Park } from "./worker.ts";

/** Satisfied by `AbortSignal`; the DOM's name does not exist in the pure ring. */
export interface CancelSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

export interface HttpRequest {
  method: string;
  url: string;
  /** A stored credential, used only towards its own hosts. */
  connection?: string | undefined;
  headers?: Record<string, string> | undefined;
  query?: Record<string, string | number | boolean | null> | undefined;
  body?: Json | undefined;
  bodyType?: "json" | "form" | "text" | undefined;
  redirects: number;
  /** Largest response body read, in bytes. */
  maxBytes?: number | undefined;
}

/** `body` is parsed JSON for JSON types, text otherwise. Header names are lower case. */
export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: Json;
  /** Milliseconds, from the `Retry-After` header if there was one. */
  retryAfterMs?: number;
}

export interface LlmRequest {
  /** The model to use; `connection: "sandbox"` is the built-in deterministic one. */
  connection: string;
  model: string;
  fallbackFrom?: string | undefined;
  /** The model that is asked next should this one fail. */
  fallbackTo?: string | undefined;
  system?: string | undefined;
  prompt: string;
  /** JSON Schema the answer must satisfy; absent means text. */
  schema?: JsonObject | undefined;
  temperature?: number | undefined;
  maxTokens?: number | undefined;
}

/** `sandbox` is true when no model was asked and the text was made by the built-in sandbox model. */
export interface LlmResponse {
  text: string;
  data?: Json;
  provider: string;
  model: string;
  tokensIn: number;
  tokensOut: number;
  costUsd: number | null;
  sandbox: boolean;
}

export interface McpCall {
  tool: ToolRef;
  arguments: JsonObject;
}

/** `result` is the tool's structured content if it has some; `content` is the list of content blocks as sent. */
export interface McpResult {
  result: Json;
  content: Json[];
}

export interface Capabilities {
  http(request: HttpRequest): Promise<HttpResponse>;
  llm(request: LlmRequest): Promise<LlmResponse>;
  mcp(call: McpCall): Promise<McpResult>;
  /** Keeps a result for people to look at; the body is stored as a file when it is over 64 KB. */
  artifact(draft: {
    kind: ArtifactDraft["kind"];
    title: string;
    mime: string;
    body?: string;
    url?: string;
  }): Promise<ArtifactDraft>;
  /** Evaluates CEL over the step's scope plus the given extra roots. */
  evaluate(expression: string, extra?: JsonObject): Json;
  /** Resolves a binding over the step's scope plus the given extra roots. */
  resolve(binding: Binding, extra?: JsonObject): Json;
  /** Resolves a template over the step's scope plus the given extra roots. */
  render(template: string, extra?: JsonObject): string;
  progress(done: number, total?: number): void;
  log(level: "debug" | "info" | "warn" | "error", text: string): void;
  /** Stable across attempts of the same step and item: SHA-256 of [keyRun, step, item path, call]. */
  idempotencyKey(call: number): string;
  /** The worker's clock in milliseconds since the epoch; for display and deadlines, never for leases. */
  now(): number;
  /** 1 on the first counted execution; picks the model in a fallback chain. */
  readonly tries: number;
  readonly run: { id: string; mode: "live" | "dry_run" | "sandbox"; startedAt: string | null };
}

/** Ends the attempt without an output: the engine sets up the wait and completes the step later. */
export interface Parked {
  readonly $park: Park;
}

/** A routing result: only the named port's dependents run. */
export interface Routed {
  readonly $port: string;
  readonly output: JsonObject;
}

export function park(what: Park): Parked {
  return { $park: what };
}

export function route(port: string, output: JsonObject = {}): Routed {
  return { $port: port, output };
}

export function isParked(result: object): result is Parked {
  return "$park" in result;
}

export function isRouted(result: object): result is Routed {
  return "$port" in result;
}
