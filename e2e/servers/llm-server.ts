// Language model providers as the SDKs call them: Anthropic Messages, OpenAI Responses and OpenAI Chat, by script.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen, type TestServer } from "./listen.ts";

/** What the next call gets. `text` is the model's answer, whatever the protocol. */
export type Turn =
  | { text: string; finish?: "stop" | "length" | "refusal" }
  | { status: number; body?: unknown; headers?: Record<string, string> }
  | "timeout"
  | "cut"
  | "garbage";

export interface LlmCall {
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

export interface LlmServer extends TestServer {
  readonly calls: LlmCall[];
  /** Turns still to be played; afterwards every call is answered with "hello". */
  script: Turn[];
}

/** Base addresses: `/v1` for Anthropic and OpenAI, `/compatible` for OpenAI-compatible chat. */
export async function startLlmServer(): Promise<LlmServer> {
  const calls: LlmCall[] = [];
  const state: { script: Turn[] } = { script: [] };
  const server = createServer((request, response) => {
    void readJson(request).then((body) => {
      const path = request.url ?? "";
      calls.push({ path, headers: request.headers, body });
      play(state.script.shift() ?? { text: "hello" }, path, body, response);
    });
  });
  const listening = await listen(server);
  return {
    ...listening,
    calls,
    get script() {
      return state.script;
    },
    set script(turns) {
      state.script = turns;
    },
  };
}

function play(turn: Turn, path: string, body: Record<string, unknown>, response: ServerResponse): void {
  if (turn === "timeout") return;
  if (turn === "cut") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "4000" });
    response.write('{"id":"msg_1","type":"message",');
    setTimeout(() => response.destroy(), 10);
    return;
  }
  if (turn === "garbage")
    return void response.writeHead(200, { "content-type": "application/json" }).end("<html>oops</html>");
  if ("status" in turn) {
    const shown = turn.body ?? {
      type: "error",
      error: { type: "test_error", message: `status ${turn.status}` },
    };
    return void response
      .writeHead(turn.status, { "content-type": "application/json", ...turn.headers })
      .end(JSON.stringify(shown));
  }
  const answer = path.endsWith("/messages")
    ? anthropic(turn, body)
    : path.endsWith("/responses")
      ? responses(turn, body)
      : chat(turn, body);
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
}

type Spoken = Extract<Turn, { text: string }>;

/** A forced JSON tool is answered with that tool, as the provider does for models without native structured output. */
function anthropic({ text, finish = "stop" }: Spoken, body: Record<string, unknown>) {
  const forced = body["tool_choice"] !== undefined && Array.isArray(body["tools"]);
  const stop = { stop: forced ? "tool_use" : "end_turn", length: "max_tokens", refusal: "refusal" }[finish];
  const content =
    forced && finish === "stop"
      ? [{ type: "tool_use", id: "toolu_1", name: "json", input: parse(text) }]
      : [{ type: "text", text }];
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: body["model"],
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 5 },
  };
}

function responses({ text, finish = "stop" }: Spoken, body: Record<string, unknown>) {
  const reason = {
    stop: null,
    length: { reason: "max_output_tokens" },
    refusal: { reason: "content_filter" },
  }[finish];
  return {
    id: "resp_1",
    object: "response",
    created_at: 1_767_225_600,
    model: body["model"],
    status: reason === null ? "completed" : "incomplete",
    incomplete_details: reason,
    error: null,
    output: [
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text, annotations: [] }],
      },
    ],
    usage: {
      input_tokens: 11,
      output_tokens: 5,
      total_tokens: 16,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    },
  };
}

function chat({ text, finish = "stop" }: Spoken, body: Record<string, unknown>) {
  const reason = { stop: "stop", length: "length", refusal: "content_filter" }[finish];
  return {
    id: "chatcmpl_1",
    object: "chat.completion",
    created: 1_767_225_600,
    model: body["model"],
    choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: reason }],
    usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { unparsed: text };
  }
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return JSON.parse(Buffer.concat(chunks).toString() || "{}") as Record<string, unknown>;
}
