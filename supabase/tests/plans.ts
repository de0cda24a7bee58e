/** A plan without steps, named by a hash of one repeated digit; what `publish_version` asks of a plan and no more. */
export function emptyPlan(digit: string) {
  return {
    irVersion: 1,
    title: "Empty",
    planHash: digit.repeat(64),
    compiler: "test",
    input: { type: "object", properties: { city: { type: "string" } } },
    output: {},
    outputSchema: { type: "object", properties: {} },
    variables: {},
    triggers: [],
    steps: [],
    settings: { lane: "auto", priority: 100, maxParallel: 32, retentionDays: 90 },
    risks: [],
    uses: { connections: [], tools: [], skills: [], workflows: [], packs: [] },
  };
}
