/** The tabs of a node's inspector. */
export type InspectorTab = "settings" | "inputs" | "retry" | "checks" | "docs" | "run";

/** The tab that shows a diagnostic's path. */
export function tabOfPath(path: string): InspectorTab {
  if (path.startsWith("inputs")) return "inputs";
  if (path.startsWith("verifiers")) return "checks";
  if (/^(when|retry|timeoutMs|deadlineMs|onFailure|fallback|effect|rollback)/.test(path)) return "retry";
  return "settings";
}
