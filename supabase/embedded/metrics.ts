import type { EngineFigures } from "./engine-metrics.ts";
import { histogram, metric, type Sample } from "./prometheus.ts";

/** As in engine.add_to_totals. */
const CLAIM_BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000];

export interface MetricsInput {
  readonly functions: readonly { readonly group: string; readonly up: boolean; readonly restarts: number }[];
  readonly realtime: {
    readonly sockets: number;
    readonly channels: number;
    readonly delivered: number;
    readonly feed: string;
    readonly lag: readonly Sample[];
  };
  readonly wake: { readonly pokes: number; readonly failures: number } | undefined;
  /** Undefined while the database does not answer. */
  readonly engine: EngineFigures | undefined;
}

/** What `/metrics` answers; docs/metrics.md explains each. */
export function renderMetrics(input: MetricsInput): string {
  const lines = [...hostMetrics(input), ...(input.engine ? engineMetrics(input.engine) : [])];
  return `${lines.join("\n")}\n`;
}

function hostMetrics({ functions, wake, realtime, engine }: MetricsInput): string[] {
  const byGroup = (pick: (one: MetricsInput["functions"][number]) => number): Sample[] =>
    functions.map((one) => ({ value: pick(one), labels: { group: one.group } }));
  const { rss } = process.memoryUsage();
  return [
    metric("runboard_up", "gauge", "1 while the host answers.", [{ value: 1 }]),
    metric("runboard_database_up", "gauge", "1 while the database answers.", [{ value: engine ? 1 : 0 }]),
    metric("runboard_host_memory_bytes", "gauge", "Resident memory of the host process.", [{ value: rss }]),
    metric(
      "runboard_functions_up",
      "gauge",
      "1 while the process of this group of edge functions runs.",
      byGroup(({ up }) => (up ? 1 : 0)),
    ),
    metric(
      "runboard_functions_restarts_total",
      "counter",
      "Times the process of this group was started again.",
      byGroup(({ restarts }) => restarts),
    ),
    metric("runboard_realtime_sockets", "gauge", "Open websockets.", [{ value: realtime.sockets }]),
    metric(
      "runboard_realtime_feed",
      "gauge",
      "How messages of the database arrive: replication, polling or away.",
      [{ value: 1, labels: { mode: realtime.feed } }],
    ),
    metric("runboard_realtime_channels", "gauge", "Joined channels.", [{ value: realtime.channels }]),
    metric("runboard_realtime_delivered_total", "counter", "Broadcasts handed to sockets.", [
      { value: realtime.delivered },
    ]),
    metric(
      "runboard_event_lag_seconds",
      "histogram",
      "From the commit of an event to its broadcast.",
      realtime.lag,
    ),
    metric("runboard_wake_pokes_total", "counter", "Times the worker was asked to look for work.", [
      { value: wake?.pokes ?? 0 },
    ]),
    metric("runboard_wake_failures_total", "counter", "Pokes the worker did not answer.", [
      { value: wake?.failures ?? 0 },
    ]),
  ].flat();
}

function engineMetrics(engine: EngineFigures): string[] {
  const { totals } = engine;
  const named = (prefix: string, label: string): Sample[] =>
    Object.entries(totals)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => ({ value, labels: { [label]: name.slice(prefix.length) } }));
  const claims = new Map(
    CLAIM_BOUNDS_MS.map((bound) => [bound / 1_000, totals[`claim_ms.le_${bound}`] ?? 0]),
  );
  const one = (value: number): Sample[] => [{ value }];
  return [
    metric(
      "runboard_queue_runs",
      "gauge",
      "Runs that have not ended, by lane and status; stops counting at 20,000.",
      engine.runs.map(({ lane, status, n }) => ({ value: n, labels: { lane, status } })),
    ),
    metric(
      "runboard_queue_ready_steps",
      "gauge",
      "Steps that could start now; stops counting at 20,000.",
      one(engine.ready.n),
    ),
    metric(
      "runboard_queue_oldest_ready_seconds",
      "gauge",
      "How long the oldest of them has been ready.",
      one(engine.ready.oldestMs / 1_000),
    ),
    metric("runboard_steps_running", "gauge", "Steps that a worker holds.", one(engine.running)),
    metric(
      "runboard_steps_waiting",
      "gauge",
      "Steps that wait, by what for; stops counting at 20,000.",
      Object.entries(engine.waits).map(([kind, value]) => ({ value, labels: { kind } })),
    ),
    metric("runboard_workers", "gauge", "Workers that live.", one(engine.workers.alive)),
    metric(
      "runboard_workers_asleep",
      "gauge",
      "Those of them that have nothing to do.",
      one(engine.workers.asleep),
    ),
    metric("runboard_runs_ended_total", "counter", "Ends of runs, by status.", named("runs.", "status")),
    metric(
      "runboard_runs_resumed_total",
      "counter",
      "Ends of runs that had been resumed.",
      one(totals["resumes"] ?? 0),
    ),
    metric(
      "runboard_attempts_total",
      "counter",
      "Attempts of ended runs, by outcome.",
      named("attempts.", "outcome"),
    ),
    metric(
      "runboard_claim_latency_seconds",
      "histogram",
      "From ready to claimed, of the attempts of ended runs.",
      histogram(claims, (totals["claim_ms.sum"] ?? 0) / 1_000, totals["claim_ms.count"] ?? 0),
    ),
    metric(
      "runboard_reports_rejected_total",
      "counter",
      "Reports of attempts that were not current any more; nothing was recorded twice.",
      one(engine.rejections),
    ),
    metric(
      "runboard_deliveries_pending",
      "gauge",
      "Messages between runs on their way.",
      one(engine.deliveries),
    ),
    metric(
      "runboard_breakers_open",
      "gauge",
      "Hosts that are not called because they keep failing, counted per workspace.",
      one(engine.breakers),
    ),
    metric(
      "runboard_file_removals_pending",
      "gauge",
      "Files of removed runs that are not deleted yet.",
      one(engine.removals),
    ),
    metric(
      "runboard_chore_seconds",
      "gauge",
      "How long the last sweep, and the last of each rare chore, took.",
      Object.entries(engine.chores).map(([chore, ms]) => ({ value: ms / 1_000, labels: { chore } })),
    ),
    metric(
      "runboard_event_partitions",
      "gauge",
      "Weekly partitions of the events.",
      one(engine.partitions.n),
    ),
    metric(
      "runboard_event_partitions_ahead",
      "gauge",
      "Those of them for weeks to come.",
      one(engine.partitions.ahead),
    ),
    metric("runboard_database_bytes", "gauge", "Size of the database.", one(engine.databaseBytes)),
  ].flat();
}
