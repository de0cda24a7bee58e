export interface MetricsInput {
  readonly functions: readonly { readonly group: string; readonly up: boolean; readonly restarts: number }[];
  readonly realtime: {
    readonly sockets: number;
    readonly channels: number;
    readonly delivered: number;
    readonly feed: string;
  };
  readonly wake: { readonly pokes: number; readonly failures: number } | undefined;
}

/** Prometheus text format, version 0.0.4. */
export function renderMetrics({ functions, wake, realtime }: MetricsInput): string {
  const lines = [
    "# HELP runboard_up 1 while the host answers.",
    "# TYPE runboard_up gauge",
    "runboard_up 1",
    "# HELP runboard_host_memory_bytes Resident memory of the host process.",
    "# TYPE runboard_host_memory_bytes gauge",
    `runboard_host_memory_bytes ${process.memoryUsage.rss()}`,
    "# HELP runboard_functions_up 1 while the process of this group of edge functions runs.",
    "# TYPE runboard_functions_up gauge",
    ...functions.map(({ group, up }) => `runboard_functions_up{group="${group}"} ${up ? 1 : 0}`),
    "# HELP runboard_functions_restarts_total Times the process of this group was started again.",
    "# TYPE runboard_functions_restarts_total counter",
    ...functions.map(
      ({ group, restarts }) => `runboard_functions_restarts_total{group="${group}"} ${restarts}`,
    ),
    "# HELP runboard_realtime_sockets Open websockets.",
    "# TYPE runboard_realtime_sockets gauge",
    `runboard_realtime_sockets ${realtime.sockets}`,
    "# HELP runboard_realtime_feed How messages of the database arrive: replication, polling or away.",
    "# TYPE runboard_realtime_feed gauge",
    `runboard_realtime_feed{mode="${realtime.feed}"} 1`,
    "# HELP runboard_realtime_channels Joined channels.",
    "# TYPE runboard_realtime_channels gauge",
    `runboard_realtime_channels ${realtime.channels}`,
    "# HELP runboard_realtime_delivered_total Broadcasts handed to sockets.",
    "# TYPE runboard_realtime_delivered_total counter",
    `runboard_realtime_delivered_total ${realtime.delivered}`,
    "# HELP runboard_wake_pokes_total Times the worker was asked to look for work.",
    "# TYPE runboard_wake_pokes_total counter",
    `runboard_wake_pokes_total ${wake?.pokes ?? 0}`,
    "# HELP runboard_wake_failures_total Pokes the worker did not answer.",
    "# TYPE runboard_wake_failures_total counter",
    `runboard_wake_failures_total ${wake?.failures ?? 0}`,
  ];
  return `${lines.join("\n")}\n`;
}
