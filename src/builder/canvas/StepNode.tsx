// One node on the canvas: the card, its ports, and what the compiler and the run say about it.
import { useReactFlow, type NodeProps } from "@xyflow/react";
import { memo, useEffect, useMemo } from "react";
import type { CanvasNode } from "../../core/canvas.ts";
import { nodeCardSize, NodeCard, type NodeCardProps, type NodeCardState } from "../../ui/node-card.tsx";
import { cx } from "../../ui/cx.ts";
import { categoryTint } from "../../ui/icons.tsx";
import { statusLook } from "../../ui/status.tsx";
import { toneBorder } from "../../ui/tone.ts";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { portsOf } from "../edit/ports-of.ts";
import type { NodeRun } from "../run/overlay.ts";
import { useNodeRun, useOverlay } from "../run/overlay-hooks.ts";
import type { StepFlowNode } from "./flow-nodes.ts";
import { useFar } from "./far-view.ts";
import { NodePorts } from "./NodePorts.tsx";
import { useRemeasure } from "./use-remeasure.ts";
import { TitleEditor } from "./TitleEditor.tsx";

/** The badge of a node in a run: its status, and how far or how often. */
export function cardState(run: NodeRun | undefined): NodeCardState | undefined {
  if (!run || run.status === "pending") return undefined;
  const { tone, label, shape } = statusLook(run.status, run.waitingFor);
  const badge = run.items
    ? `${run.items.done}/${run.items.total}${run.items.failed > 0 ? ` · ${run.items.failed} failed` : ""}`
    : run.attempt > 1
      ? `×${run.attempt}`
      : undefined;
  return { tone, label, shape, badge };
}

/** A trigger is no step of the run; that there is a run says that it did its part. */
const started: NodeCardState = { tone: "succeeded", label: "Succeeded" };

/** Errors and warnings of one node, for the corner of its card. */
export function useNodeProblems(nodeId: string): NodeCardProps["problems"] {
  const list = useBuilder((state) => state.compiled.byNode.get(nodeId));
  const errors = list?.filter((entry) => entry.severity === "error").length ?? 0;
  if (errors > 0) return { severity: "error", count: errors };
  const warnings = list?.filter((entry) => entry.severity === "warning").length ?? 0;
  return warnings > 0 ? { severity: "warning", count: warnings } : undefined;
}

/** Title, icon and fact of a node, whatever state its config is in. */
export function useCardFacts(node: CanvasNode) {
  const { nodeOf, around } = useBuilderValue();
  const kind = nodeOf(node.kind);
  const ports = useMemo(() => portsOf(node, nodeOf, around), [node, nodeOf, around]);
  const fact = useMemo(() => kind?.factOf(node.config, node.inputs) ?? "", [kind, node]);
  return {
    kind,
    ports,
    fact,
    title: node.title ?? kind?.title ?? node.key,
    kindTitle: kind?.title ?? `Unknown kind: ${node.kind}`,
    icon: kind?.icon ?? ("octagon-x" as const),
    category: kind?.category ?? ("canvas" as const),
  };
}

function StepNodeView(props: NodeProps<StepFlowNode>) {
  return useFar().far ? <FarCard {...props} /> : <NearCard {...props} />;
}

/** What can be told apart from afar: where it is, what it is called, how it stands. */
function FarCard({ id, data, selected }: NodeProps<StepFlowNode>) {
  const { nodeOf } = useBuilderValue();
  const run = useNodeRun(id);
  const problems = useNodeProblems(id);
  const state = cardState(run);
  return (
    <div
      data-status={run?.status}
      style={nodeCardSize}
      className={cx(
        "truncate rounded-card border-4 px-3 text-[26px] leading-12 font-medium text-ink",
        categoryTint[nodeOf(data.node.kind)?.category ?? "canvas"],
        state
          ? toneBorder[state.tone]
          : problems?.severity === "error"
            ? "border-failed"
            : problems
              ? "border-waiting"
              : "border-line-strong",
        selected && "outline-8 outline-accent",
        data.node.disabled && "opacity-50",
      )}
    >
      {data.label}
    </div>
  );
}

function NearCard({ id, data, selected }: NodeProps<StepFlowNode>) {
  const { node } = data;
  const facts = useCardFacts(node);
  const run = useNodeRun(id);
  const hasRun = useOverlay((state) => state.byNode.size > 0);
  const problems = useNodeProblems(id);
  const renaming = useBuilder((state) => state.renaming === id);
  const isTrigger = facts.kind?.role === "trigger";
  useRemeasure(id, facts.ports);
  const { measure } = useFar();
  const flow = useReactFlow();
  useEffect(() => {
    const bounds = flow.getInternalNode(id)?.internals.handleBounds;
    if (bounds && !bounds.source && !bounds.target) measure(id);
  }, [flow, id, measure]);
  const neverRan = hasRun && !isTrigger && (!run || run.status === "skipped" || run.status === "cancelled");
  return (
    <div className="group/step relative" data-selected={selected || undefined} data-status={run?.status}>
      <NodeCard
        icon={facts.icon}
        category={facts.category}
        title={facts.title}
        fact={facts.fact}
        kindTitle={facts.kindTitle}
        state={cardState(run) ?? (isTrigger && hasRun ? started : undefined)}
        selected={selected}
        disabled={node.disabled}
        pinned={node.pin !== undefined}
        faded={neverRan}
        problems={hasRun ? undefined : problems}
      />
      <NodePorts
        node={node}
        ports={facts.ports}
        takesWires={!isTrigger}
        isTrigger={isTrigger}
        width={nodeCardSize.width}
      />
      {renaming && <TitleEditor nodeId={id} title={facts.title} />}
    </div>
  );
}

export const StepNode = memo(StepNodeView);
