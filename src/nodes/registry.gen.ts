// Generated from the *.node.ts files by `npm run gen`; do not edit.
import type { Node, Registry } from "../core/node.ts";
import approvalNode from "./approval.node.ts";
import artifactNode from "./artifact.node.ts";
import branchNode from "./branch.node.ts";
import failNode from "./fail.node.ts";
import filterNode from "./filter.node.ts";
import formNode from "./form.node.ts";
import httpRequestNode from "./http-request.node.ts";
import llmNode from "./llm.node.ts";
import mapNode from "./map.node.ts";
import mcpToolNode from "./mcp-tool.node.ts";
import mergeNode from "./merge.node.ts";
import noteNode from "./note.node.ts";
import repeatNode from "./repeat.node.ts";
import respondNode from "./respond.node.ts";
import signalWaitNode from "./signal-wait.node.ts";
import subWorkflowNode from "./sub-workflow.node.ts";
import transformNode from "./transform.node.ts";
import triggerManualNode from "./trigger-manual.node.ts";
import triggerScheduleNode from "./trigger-schedule.node.ts";
import triggerWebhookNode from "./trigger-webhook.node.ts";
import triggerWorkflowNode from "./trigger-workflow.node.ts";
import waitNode from "./wait.node.ts";

/** Every node kind of this installation, by name. */
export const registry: Registry = [
  approvalNode,
  artifactNode,
  branchNode,
  failNode,
  filterNode,
  formNode,
  httpRequestNode,
  llmNode,
  mapNode,
  mcpToolNode,
  mergeNode,
  noteNode,
  repeatNode,
  respondNode,
  signalWaitNode,
  subWorkflowNode,
  transformNode,
  triggerManualNode,
  triggerScheduleNode,
  triggerWebhookNode,
  triggerWorkflowNode,
  waitNode,
];

const byKind = new Map<string, Node>(registry.map((node) => [node.kind, node]));

/** The kind of that name, if this installation has it. */
export function nodeOf(kind: string): Node | undefined {
  return byKind.get(kind);
}
