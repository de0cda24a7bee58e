type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
  /** `_bucket`, `_sum` or `_count` of a histogram. */
  readonly suffix?: string;
}

/** One metric in Prometheus text format, version 0.0.4. Without samples only its description. */
export function metric(
  name: string,
  type: "gauge" | "counter" | "histogram",
  help: string,
  samples: readonly Sample[],
): string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(
      ({ value, labels, suffix = "" }) => `${name}${suffix}${labels ? labelText(labels) : ""} ${value}`,
    ),
  ];
}

/**
 * The samples of a histogram.
 * @param buckets upper bound in seconds -> how many were at most that
 */
export function histogram(buckets: ReadonlyMap<number, number>, sum: number, count: number): Sample[] {
  const bounds = [...buckets].toSorted(([a], [b]) => a - b);
  return [
    ...bounds.map(([bound, value]) => ({ value, suffix: "_bucket", labels: { le: String(bound) } })),
    { value: count, suffix: "_bucket", labels: { le: "+Inf" } },
    { value: sum, suffix: "_sum" },
    { value: count, suffix: "_count" },
  ];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) =>
      `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`,
  );
  return `{${pairs.join(",")}}`;
}
