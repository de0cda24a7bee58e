// The pages of the step panel that list what an attempt left behind.
import type { AttemptDetail } from "../data/step-detail.ts";
import type { LogLine } from "../data/run-rows.ts";
import type { Call, Proof } from "../core/run.ts";
import { Badge } from "../ui/badge.tsx";
import { cx } from "../ui/cx.ts";
import { JsonTree } from "../ui/json-tree.tsx";
import { proofKindWords, verdictTone, verdictWords } from "./proof-words.ts";
import { StatusIcon } from "../ui/status-icon.tsx";
import { formatAbsolute, formatDuration } from "../ui/time-format.ts";
import type { Tone } from "../ui/tone.ts";

/** Says why a page is empty. */
export function Nothing({ children }: { children: string }) {
  return <p className="px-4 py-6 text-center text-muted">{children}</p>;
}

const outcomeTone: Record<string, Tone> = {
  succeeded: "succeeded",
  failed: "failed",
  skipped: "skipped",
  parked: "waiting",
  handed_over: "queued",
  cancelled: "cancelled",
  lost: "failed",
};
const outcomeWords: Record<string, string> = {
  parked: "waits",
  handed_over: "handed over",
  lost: "worker lost",
};

export function AttemptsList({ attempts }: { attempts: readonly AttemptDetail[] }) {
  if (attempts.length === 0) return <Nothing>This step has not begun.</Nothing>;
  return (
    <ol className="divide-y divide-line">
      {attempts.toReversed().map((attempt) => (
        <li key={attempt.n} className="px-4 py-2.5">
          <div className="flex items-center gap-2">
            <StatusIcon tone={outcomeTone[attempt.outcome ?? ""] ?? "running"} className="size-3.5" />
            <span className="font-medium tabular">Attempt {attempt.n}</span>
            <span className="text-muted">
              {outcomeWords[attempt.outcome ?? ""] ?? attempt.outcome ?? "running"}
            </span>
            <span className="flex-1" />
            <span
              className="text-sm text-muted tabular"
              title={`Queued for ${formatDuration(attempt.queuedMs)}`}
            >
              {attempt.finishedAt
                ? formatDuration(Date.parse(attempt.finishedAt) - Date.parse(attempt.startedAt))
                : "…"}
            </span>
          </div>
          <p className="mt-0.5 pl-[22px] text-sm text-faint tabular">
            {formatAbsolute(Date.parse(attempt.startedAt))} · queued {formatDuration(attempt.queuedMs)}
          </p>
          {attempt.error && (
            <p className="mt-1 pl-[22px] break-words text-failed">
              {attempt.error.message}{" "}
              <code className="font-mono text-xs text-muted">{attempt.error.code}</code>
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}

function callWords(call: Call): string {
  if (call.llm) return `${call.llm.provider} ${call.llm.model}${call.llm.sandbox ? ", sandbox" : ""}`;
  return call.tool ? `${call.tool.connection} · ${call.tool.name}` : call.host;
}

function callCost(call: Call): string {
  if (!call.llm) return "";
  const cost = call.llm.costUsd ? ` · $${call.llm.costUsd.toFixed(4)}` : "";
  return ` · ${(call.llm.tokensIn + call.llm.tokensOut).toLocaleString("en")} tokens${cost}`;
}

export function CallsList({ calls }: { calls: readonly Call[] }) {
  return (
    <ol className="divide-y divide-line">
      {calls.map((call) => (
        <li key={call.n} className="px-4 py-2.5">
          <div className="flex items-center gap-2">
            <Badge mono>{call.kind}</Badge>
            <span className="min-w-0 flex-1 truncate font-medium">{callWords(call)}</span>
            {call.status !== undefined && (
              <Badge tone={call.error ? "failed" : "neutral"}>{String(call.status)}</Badge>
            )}
          </div>
          <p className="mt-1 text-sm text-muted tabular">
            {call.latencyMs === undefined ? "no answer" : formatDuration(call.latencyMs)}
            {callCost(call)}
            {call.idempotencyKey && (
              <span title={call.idempotencyKey}> · key {call.idempotencyKey.slice(0, 8)}</span>
            )}
          </p>
          {call.llm?.fallbackFrom && (
            <p className="mt-1 text-sm text-waiting">Answered in place of {call.llm.fallbackFrom}</p>
          )}
          {call.error && <p className="mt-1 break-words text-failed">{call.error.message}</p>}
        </li>
      ))}
    </ol>
  );
}

const levelTone: Record<LogLine["level"], string> = {
  debug: "text-faint",
  info: "text-muted",
  warn: "text-waiting",
  error: "text-failed",
};

export function LogsList({ logs }: { logs: readonly LogLine[] }) {
  return (
    <ol role="log" aria-label="Logs" className="py-1.5 font-mono text-sm">
      {logs.map((line, n) => (
        <li key={n} id={`log-${n + 1}`} className="flex gap-3 px-4 py-px hover:bg-hover">
          <span className="w-6 shrink-0 text-right text-faint tabular select-none">{n + 1}</span>
          <time
            dateTime={line.at}
            title={formatAbsolute(Date.parse(line.at))}
            className="shrink-0 text-faint tabular"
          >
            {new Date(line.at).toLocaleTimeString("en-GB")}
          </time>
          <span className={cx("w-10 shrink-0", levelTone[line.level])}>{line.level}</span>
          <span className="min-w-0 break-words whitespace-pre-wrap">{line.text}</span>
        </li>
      ))}
    </ol>
  );
}

export function ProofsList({ proofs }: { proofs: readonly Proof[] }) {
  return (
    <ol className="space-y-3 p-4">
      {proofs.map((proof) => (
        <li key={proof.n} className="rounded-card border border-line bg-raised">
          <div className="flex items-center gap-2 px-3 py-2">
            <StatusIcon tone={verdictTone(proof.verdict, proof.required)} className="size-3.5" />
            <span className="font-mono text-sm font-medium">{proof.verifier}</span>
            <span className="text-muted">{verdictWords(proof.verdict, proof.required)}</span>
            {proof.attempt > 1 && <span className="text-faint tabular">attempt {proof.attempt}</span>}
            <span className="flex-1" />
            {proof.score !== undefined && <span className="font-medium tabular">{proof.score} / 10</span>}
            <Badge>{proofKindWords[proof.kind]}</Badge>
          </div>
          <div className="px-3 pb-3">
            <JsonTree value={proof.evidence} label={`Evidence of ${proof.verifier}`} bare maxHeight={200} />
            <p
              className="mt-1.5 truncate font-mono text-xs text-faint"
              title={`Hash of this proof: ${proof.hash}`}
            >
              #{proof.n} {proof.hash.slice(0, 16)} ← {proof.prevHash.slice(0, 16)}
            </p>
          </div>
        </li>
      ))}
    </ol>
  );
}
