// The version's canvas with the run laid over it: to look at and to choose a step, not to edit.
import {
  Background,
  BackgroundVariant,
  Controls,
  Handle,
  Position,
  ReactFlow,
  type NodeProps,
  type ReactFlowInstance,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { memo, useMemo } from "react";
import type { CanvasDoc } from "../core/canvas.ts";
import { nodeOf } from "../nodes/registry.gen.ts";
import { cx } from "../ui/cx.ts";
import { KindIcon } from "../ui/icons.tsx";
import { NodeCard, nodeCardSize } from "../ui/node-card.tsx";
import { StatusIcon } from "../ui/status-icon.tsx";
import { toneBorder, toneSoft } from "../ui/tone.ts";
import type { Overlay } from "./overlay.ts";
import { runEdges, runNodes, titleOf, type RunNode } from "./run-flow.ts";
import "./run-canvas.css";

function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

const StepNode = memo(({ data }: NodeProps<RunNode>) => {
  const { node, state, faded, chosen } = data;
  const kind = nodeOf(node.kind);
  return (
    <NodeCard
      icon={kind?.icon ?? "octagon-x"}
      category={kind?.category ?? "canvas"}
      title={titleOf(node)}
      kindTitle={kind?.title ?? node.kind}
      fact={kind?.factOf(node.config, node.inputs)}
      state={state}
      selected={chosen}
      disabled={node.disabled}
      faded={faded}
    >
      <Ends />
    </NodeCard>
  );
});

const BodyNode = memo(({ data }: NodeProps<RunNode>) => {
  const { node, state, faded, chosen } = data;
  const kind = nodeOf(node.kind);
  return (
    <div
      className={cx(
        "relative h-full w-full rounded-card border bg-panel/60",
        state ? toneBorder[state.tone] : "border-line-strong",
        faded && "opacity-45",
        chosen && "outline-2 outline-offset-1 outline-accent",
      )}
    >
      <div className="flex h-9 items-center gap-2 px-2">
        <KindIcon size="sm" icon={kind?.icon ?? "repeat"} category={kind?.category ?? "logic"} />
        <span className="min-w-0 flex-1 truncate font-medium">{titleOf(node)}</span>
        {state && (
          <span
            className={cx(
              "inline-flex h-5 shrink-0 items-center gap-1 rounded-full px-1.5 text-xs font-medium tabular",
              toneSoft[state.tone],
            )}
          >
            <StatusIcon tone={state.tone} shape={state.shape} label={state.label} className="size-3" />
            {state.badge}
          </span>
        )}
      </div>
      <Ends />
    </div>
  );
});

const nodeTypes = { step: StepNode, body: BodyNode };

/** Below this the cards cannot be read, so the view lands on the one to look at instead of showing everything. */
const readableZoom = 0.6;

/** @param urgent id of the node that waits for somebody's eyes; without one the whole graph is the picture */
async function land(flow: ReactFlowInstance<RunNode>, urgent: string | null): Promise<void> {
  await flow.fitView(fit);
  const node = urgent === null ? undefined : flow.getInternalNode(urgent);
  if (flow.getZoom() >= readableZoom || !node) return;
  const { x, y } = node.internals.positionAbsolute;
  await flow.setCenter(x + nodeCardSize.width / 2, y + nodeCardSize.height / 2, { zoom: 0.8 });
}

const fit = { padding: "24px", maxZoom: 1 } as const;

interface RunCanvasProps {
  doc: CanvasDoc;
  overlay: Overlay;
  /** Id of the node whose step is open. */
  chosen: string | null;
  /** Nothing failed and nothing waits for a decision. */
  calm: boolean;
  onChoose: (nodeId: string) => void;
}

export function RunCanvas({ doc, overlay, chosen, calm, onChoose }: RunCanvasProps) {
  const nodes = useMemo(() => runNodes(doc, overlay, chosen), [doc, overlay, chosen]);
  const edges = useMemo(() => runEdges(doc, overlay), [doc, overlay]);
  return (
    <section className="rb-run-canvas h-full min-h-0 w-full bg-page" aria-label="Canvas of this run">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable
        fitView
        fitViewOptions={fit}
        minZoom={0.1}
        maxZoom={1.5}
        panOnScroll
        onInit={(flow) => void land(flow, calm ? null : chosen)}
        onNodeClick={(_, node) => onChoose(node.id)}
        onNodesChange={(changes) => {
          const picked = changes.find((change) => change.type === "select" && change.selected);
          if (picked?.type === "select") onChoose(picked.id);
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1} color="var(--line-strong)" />
        <Controls showInteractive={false} position="bottom-left" />
      </ReactFlow>
    </section>
  );
}
