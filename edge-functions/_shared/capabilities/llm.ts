// `can.llm`: asks one language model, once; the retry policy and the chain of fallbacks are the engine's and the node's.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, NoObjectGeneratedError, Output, type LanguageModel } from "ai";
import type { LlmRequest, LlmResponse } from "../../../src/core/capabilities.ts";
import { StepError } from "../../../src/core/failure.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import type { Call, RunMode } from "../../../src/core/run.ts";
import { validateJson } from "../../../src/core/validate.ts";
import type { Estimate } from "../budget.ts";
import { listErrors } from "../check-output.ts";
import { HostDown } from "../breakers.ts";
import type { Connection } from "../connection.ts";
import { costOf } from "../model-prices.ts";
import { sha256 } from "../sha256.ts";
import type { CallNotes } from "./call-log.ts";
import { toModelError } from "./llm-errors.ts";
import type { Outside } from "./outside.ts";
import { askSandbox } from "./sandbox-model.ts";
import { sdkFetch } from "./sdk-fetch.ts";

/**
 * An answer that does not fit the schema gets one repair attempt.
 * @param mode a run in the sandbox asks no provider, whatever the node says
 * @throws StepError `rate_limited`/`http_429`, `transient`/`overloaded`|`http_5xx`|`network`, `auth`/`connection_invalid`,
 *   `budget`/`spend_limit`, `validation`/`output_invalid`, `permanent`/`refused`|`http_4xx`; or the signal's reason
 */
export async function callModel(request: LlmRequest, mode: RunMode, outside: Outside): Promise<LlmResponse> {
  const promptHash = sha256(JSON.stringify([request.system ?? "", request.prompt]));
  const note = (notes: CallNotes, answer: LlmResponse) => {
    notes.llm = {
      ...usageOf(answer),
      sandbox: answer.sandbox,
      promptHash,
      ...(request.fallbackFrom === undefined ? {} : { fallbackFrom: request.fallbackFrom }),
    };
  };
  const isSandbox = request.connection === "sandbox" || mode === "sandbox";
  if (isSandbox) {
    await outside.afford(mostOf(request, request.prompt, true));
    return await outside.log.run({ kind: "llm", host: "sandbox" }, (notes) => {
      const answer = askSandbox(request);
      note(notes, answer);
      notes.status = "sandbox";
      return Promise.resolve(answer);
    });
  }
  const connection = await outside.connection(request.connection);
  const { model, host, provider } = openModel(connection, request.model, outside);
  await outside.reach(host, connection).catch((error: unknown) => {
    throw error instanceof HostDown && request.fallbackTo !== undefined ? passedOver(host) : error;
  });
  await outside.afford(mostOf(request, request.prompt, false));
  await outside.mayStart(false);
  const first = await ask(request, request.prompt);
  if (!(first instanceof Unfit)) return first;
  const again = repairPrompt(request.prompt, first);
  await outside.afford(mostOf(request, again, false));
  await outside.mayStart(false);
  const second = await ask(request, again);
  if (!(second instanceof Unfit)) return second;
  throw new StepError(
    "validation",
    "output_invalid",
    `The model's answer does not fit the schema: ${second.why}.`,
    {
      snippet: second.text,
      hint: "Simplify the schema, say in the prompt what is wanted, or raise the longest answer.",
    },
  );

  async function ask(wanted: LlmRequest, prompt: string): Promise<LlmResponse | Unfit> {
    return await outside.log.run({ kind: "llm", host }, async (notes) => {
      const answer = await generate(model, wanted, prompt, outside.signal).catch((error: unknown) => {
        throw toModelError(error, host, outside.signal);
      });
      const { tokensIn, tokensOut, finishReason } = answer;
      const costUsd = costOf(wanted.model, tokensIn, tokensOut);
      const response: LlmResponse = {
        text: answer.text,
        provider,
        model: wanted.model,
        tokensIn,
        tokensOut,
        costUsd,
        sandbox: false,
      };
      note(notes, response);
      notes.status = finishReason;
      if (finishReason === "content-filter") throw refusal(host, answer.text);
      if (wanted.schema === undefined) return response;
      return fit(answer, wanted.schema, response);
    });
  }
}

/** Where there is another model to ask, a step does not wait for this one. */
function passedOver(host: string): StepError {
  return new StepError("transient", "overloaded", `${host} keeps failing, so it was not asked.`, {
    hint: "The next model of the chain is asked.",
  });
}

/** A token is about four characters; where the node sets no longest answer, providers stop at about as many tokens as this. */
const CHARACTERS_PER_TOKEN = 4;
const LONGEST_ANSWER = 4_096;

/** The most a call may use: its prompt, and the longest answer it allows. */
function mostOf(request: LlmRequest, prompt: string, free: boolean): Estimate {
  const tokensIn = Math.ceil(((request.system ?? "").length + prompt.length) / CHARACTERS_PER_TOKEN);
  const tokensOut = request.maxTokens ?? LONGEST_ANSWER;
  const costUsd = free ? 0 : costOf(request.model, tokensIn, tokensOut);
  return { calls: 1, tokens: tokensIn + tokensOut, ...(costUsd === null ? {} : { costUsd }) };
}

/** An answer that is not what the schema asks for. */
class Unfit {
  readonly text: string;
  readonly why: string;

  constructor(text: string, why: string) {
    this.text = text;
    this.why = why;
  }
}

interface Answer {
  text: string;
  data: Json | undefined;
  tokensIn: number;
  tokensOut: number;
  finishReason: string;
}

async function generate(
  model: LanguageModel,
  request: LlmRequest,
  prompt: string,
  signal: AbortSignal,
): Promise<Answer> {
  const settings = {
    model,
    prompt,
    maxRetries: 0,
    abortSignal: signal,
    ...(request.system === undefined ? {} : { system: request.system }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.maxTokens === undefined ? {} : { maxOutputTokens: request.maxTokens }),
  };
  if (request.schema === undefined) {
    const { text, usage, finishReason } = await generateText(settings);
    return { text, data: undefined, ...tokensOf(usage), finishReason };
  }
  const output = Output.object({ schema: jsonSchema<JsonObject>(request.schema) });
  try {
    const result = await generateText({ ...settings, output });
    const { text, usage, finishReason } = result;
    // A cut-off or filtered answer has no object to read.
    const data = finishReason === "stop" || finishReason === "tool-calls" ? result.output : undefined;
    return { text, data, ...tokensOf(usage), finishReason };
  } catch (error) {
    if (!NoObjectGeneratedError.isInstance(error)) throw error;
    return {
      text: error.text ?? "",
      data: undefined,
      ...tokensOf(error.usage),
      finishReason: error.finishReason ?? "other",
    };
  }
}

function fit(answer: Answer, schema: JsonObject, response: LlmResponse): LlmResponse | Unfit {
  if (answer.finishReason === "length") {
    throw new StepError(
      "validation",
      "output_invalid",
      "The model's answer was cut off at the longest answer this node allows.",
      {
        snippet: answer.text,
        hint: "Raise the longest answer (tokens), or ask for less.",
      },
    );
  }
  if (answer.data === undefined) return new Unfit(answer.text, "it is not JSON");
  const checked = validateJson(schema, answer.data);
  return checked.ok ? { ...response, data: answer.data } : new Unfit(answer.text, listErrors(checked.errors));
}

function repairPrompt(prompt: string, { text, why }: Unfit): string {
  return `${prompt}\n\nAn earlier answer was not usable (${why}). It was:\n${text.slice(0, 4_000)}\n\nAnswer again with valid JSON that fits the schema, and nothing else.`;
}

function openModel(
  connection: Connection,
  name: string,
  outside: Outside,
): { model: LanguageModel; host: string; provider: string } {
  const { kind, secret, baseUrl, slug } = connection;
  const address = baseUrl ?? defaultAddress(kind, slug);
  const host = URL.parse(address)?.host ?? address;
  const reachable = { ...connection, hosts: [...connection.hosts, host] };
  const options = {
    baseURL: address.replace(/\/$/, ""),
    fetch: sdkFetch(outside.egress, reachable, {}, outside.signal),
  };
  if (kind === "openai-compatible") {
    const auth = secret === undefined ? {} : { apiKey: secret };
    const provider = createOpenAICompatible({
      ...options,
      ...auth,
      name: slug,
      supportsStructuredOutputs: true,
    });
    return { model: provider(name), host, provider: slug };
  }
  if (secret === undefined) {
    throw new StepError("auth", "connection_invalid", `The connection "${slug}" has no key.`, {
      hint: "Enter the provider's key in the connection.",
    });
  }
  const provider =
    kind === "anthropic"
      ? createAnthropic({ ...options, apiKey: secret })
      : createOpenAI({ ...options, apiKey: secret });
  return { model: provider(name), host, provider: kind };
}

function defaultAddress(kind: Connection["kind"], slug: string): string {
  if (kind === "anthropic") return "https://api.anthropic.com/v1";
  if (kind === "openai") return "https://api.openai.com/v1";
  throw new StepError(
    "auth",
    "connection_invalid",
    `The connection "${slug}" cannot be asked as a language model.`,
    {
      hint: "Choose a connection of kind anthropic, openai or openai-compatible; the last one needs an address.",
    },
  );
}

function refusal(host: string, text: string): StepError {
  return new StepError("permanent", "refused", `The model at ${host} refused to answer.`, {
    ...(text === "" ? {} : { snippet: text }),
    hint: "Change the prompt, or ask another model.",
  });
}

function tokensOf(
  usage: { inputTokens?: number | undefined; outputTokens?: number | undefined } | undefined,
) {
  return { tokensIn: usage?.inputTokens ?? 0, tokensOut: usage?.outputTokens ?? 0 };
}

function usageOf({ provider, model, tokensIn, tokensOut, costUsd }: LlmResponse): NonNullable<Call["llm"]> {
  return { provider, model, tokensIn, tokensOut, costUsd };
}
