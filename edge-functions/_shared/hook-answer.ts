// What a webhook's sender is told. Nothing here is shown as a page of ours, whatever a workflow answers.
import { z } from "zod";
import { Json } from "../../src/core/json.ts";
import type { Answer, Taken } from "./trigger-engine.ts";

const safe = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; sandbox",
};

const Said = z.object({
  status: z.int().min(200).max(599),
  headers: z.record(z.string(), z.string()),
  body: Json,
});

/** Types a browser does not run; anything else a workflow names is sent as text. */
const plainTypes =
  /^(application\/(json|problem\+json|octet-stream)|text\/(plain|csv)|application\/x-ndjson)\b/i;
const allowed = /^(content-type|cache-control|retry-after|x-[a-z0-9-]{1,60})$/;

export function answer(body: unknown, status: number, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...safe, "content-type": "application/json", ...headers },
  });
}

/** The same for an address nobody has, one that is switched off, and a signature that does not hold. */
export function unknownHook(): Response {
  return answer(
    {
      code: "hook_unknown",
      message: "There is no webhook here that takes this.",
      hint: "Check the address, and the secret it is signed with.",
    },
    404,
  );
}

/** The answer to a delivery that is not waited for. */
export function takenAnswer({ outcome, run, error }: Taken): Response {
  if (outcome === "unknown") return unknownHook();
  if (outcome === "changed")
    return answer(
      {
        code: "RB409",
        message: "A delivery with this id came before, with another body.",
        hint: "Send a new id with new content.",
      },
      409,
    );
  if (outcome === "failed")
    return answer(
      {
        code: error?.code ?? "not_started",
        message: error?.message ?? "The delivery started no run.",
        hint: error?.hint ?? "Correct it and send it again.",
      },
      422,
    );
  return accepted(run ?? null, outcome === "known");
}

export function accepted(run: string | null, repeated: boolean): Response {
  return answer({ run, repeated }, 202);
}

/** The answer of a run that was waited for; null while there is none. */
export function runAnswer(run: string, { status, response, code, output }: Answer): Response | null {
  if (status === "running") return null;
  if (status === "responded") return respondAnswer(run, response);
  if (status === "succeeded") return answer(output ?? {}, 200, { "x-runboard-run": run });
  return answer(
    {
      run,
      code: code ?? status,
      message: status === "failed" ? "The run failed." : "The run was cancelled.",
      hint: "Look at the run.",
    },
    500,
    { "x-runboard-run": run },
  );
}

function respondAnswer(run: string, response: unknown): Response {
  const { status, headers, body } = Said.parse(response);
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => allowed.test(name)));
  const isText = typeof body === "string";
  const type = kept["content-type"] ?? (isText ? "text/plain; charset=utf-8" : "application/json");
  const all = {
    ...safe,
    ...kept,
    "content-type": plainTypes.test(type) ? type : "text/plain; charset=utf-8",
    "x-runboard-run": run,
  };
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless || body === null ? null : isText ? body : JSON.stringify(body), {
    status,
    headers: all,
  });
}
