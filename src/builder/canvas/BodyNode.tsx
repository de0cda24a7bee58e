// A container on the canvas: its head is a card's, its body holds the nodes that run once per item.
import { Handle, NodeResizer, Position, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { bodyRoots } from "../../core/node.ts";
import { cx } from "../../ui/cx.ts";
import { KindIcon } from "../../ui/icons.tsx";
import { ProblemCorner } from "../../ui/problem-corner.tsx";
import { StatusIcon } from "../../ui/status-icon.tsx";
import { toneBorder, toneSoft } from "../../ui/tone.ts";
import { useBuilder } from "../builder-context.tsx";
import { patchNode } from "../edit/nodes.ts";
import { useNodeRun, useOverlay } from "../run/overlay-hooks.ts";
import type { BodyFlowNode } from "./flow-nodes.ts";
import { NodePorts } from "./NodePorts.tsx";
import { cardState, useCardFacts, useNodeProblems } from "./StepNode.tsx";
import { useRemeasure } from "./use-remeasure.ts";
import { TitleEditor } from "./TitleEditor.tsx";

function BodyNodeView({ id, data, selected, width = 480, height = 240 }: NodeProps<BodyFlowNode>) {
  const { node } = data;
  const facts = useCardFacts(node);
  const run = useNodeRun(id);
  const hasRun = useOverlay((state) => state.byNode.size > 0);
  const problems = useNodeProblems(id);
  const renaming = useBuilder((state) => state.renaming === id);
  const empty = useBuilder((state) => !state.bodies.has(id));
  const dropTarget = useBuilder((state) => state.dropTarget === id);
  const edit = useBuilder((state) => state.edit);
  useRemeasure(id, facts.ports);
  useRemeasure(id, `${width} ${height}`);
  const state = cardState(run);
  const body = facts.kind?.body ?? "items";
  return (
    <div
      data-selected={selected || undefined}
      data-status={run?.status}
      style={{ width, height }}
      className={cx(
        "group/step relative rounded-card border bg-panel/70",
        state ? toneBorder[state.tone] : "border-line-strong",
        selected && "outline-2 outline-offset-1 outline-accent",
        dropTarget && "border-accent bg-accent-soft/60",
        node.disabled && "hatched",
        hasRun && run?.status === "skipped" && "opacity-45",
      )}
    >
      <NodeResizer
        isVisible={selected}
        minWidth={280}
        minHeight={140}
        lineClassName="!border-transparent"
        handleClassName="!size-2 !rounded-sm !border-accent !bg-raised"
        onResizeEnd={(_, size) =>
          edit((doc) =>
            patchNode(doc, id, (entry) => ({
              ...entry,
              size: { w: Math.round(size.width), h: Math.round(size.height) },
              position: { x: Math.round(size.x), y: Math.round(size.y) },
            })),
          )
        }
      />
      <div className="flex h-14 items-center gap-2.5 rounded-t-[9px] border-b border-line bg-raised px-2.5">
        <KindIcon icon={facts.icon} category={facts.category} />
        <div className="min-w-0 flex-1">
          <div className="truncate text-base font-medium" title={facts.title}>
            {facts.title}
          </div>
          <div className="truncate text-sm text-muted">{facts.fact || facts.kindTitle}</div>
        </div>
      </div>
      {empty && (
        <p className="pointer-events-none absolute inset-x-0 top-1/2 px-6 text-center text-sm text-faint">
          Drop nodes here. {body === "turns" ? "They run turn after turn" : "They run once for every item"};
          use <code className="font-mono">{bodyRoots[body][0]}</code> and{" "}
          <code className="font-mono">{bodyRoots[body][1]}</code> inside.
        </p>
      )}
      {state && (
        <span
          className={cx(
            "absolute -top-2.5 right-2 inline-flex h-5 items-center gap-1 rounded-full border px-1.5 text-xs font-medium tabular",
            toneSoft[state.tone],
            toneBorder[state.tone],
          )}
        >
          <StatusIcon tone={state.tone} shape={state.shape} label={state.label} className="size-3" />
          {state.badge}
        </span>
      )}
      {problems && !hasRun && <ProblemCorner {...problems} />}
      <NodePorts node={node} ports={facts.ports} takesWires isTrigger={false} width={width} />
      {bodyRoots[body].map((port, n) => (
        <BodyPort key={port} name={port} top={80 + 16 * n} />
      ))}
      {renaming && <TitleEditor nodeId={id} title={facts.title} />}
    </div>
  );
}

/** What the container hands to its body; its wires go inwards from the inner left side. */
function BodyPort({ name, top }: { name: string; top: number }) {
  return (
    <Handle
      id={name}
      type="source"
      position={Position.Right}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a handle is a box with a name
      role="img"
      aria-label={`${name} output port`}
      style={{ top, left: 0, right: "auto", transform: "translate(-50%, -50%)" }}
      className="rb-port !size-2 !min-w-0 !rounded-full !border-[1.5px] !border-control !bg-raised opacity-0 group-hover/step:opacity-100 group-data-selected/step:opacity-100"
    >
      <span className="rb-port-label left-3.5">{name}</span>
    </Handle>
  );
}

export const BodyNode = memo(BodyNodeView);
