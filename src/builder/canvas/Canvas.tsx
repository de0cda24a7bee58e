// The drawing surface: React Flow with this app's cards, wires and rules.
import "@xyflow/react/dist/style.css";
import "./canvas.css";
import {
  Background,
  BackgroundVariant,
  ConnectionLineType,
  MiniMap,
  ReactFlow,
  SelectionMode,
  useNodesInitialized,
  useReactFlow,
} from "@xyflow/react";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { cx } from "../../ui/cx.ts";
import { ContextMenu } from "../../ui/context-menu.tsx";
import type { MenuEntry } from "../../ui/menu-entry.ts";
import { useTheme } from "../../ui/theme.ts";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import type { CanvasDoor, CommandContext } from "../command.ts";
import { BodyNode } from "./BodyNode.tsx";
import { FarViewProvider, useFarView } from "./far-view.ts";
import { FarWires } from "./FarWires.tsx";
import { ConnectionHint } from "./ConnectionHint.tsx";
import type { AnyFlowNode, WireFlowEdge } from "./flow-nodes.ts";
import { menuEntries } from "./menu.tsx";
import { FrameNode, NoteNode } from "./NoteNode.tsx";
import { QuickAdd } from "./QuickAdd.tsx";
import { StepNode } from "./StepNode.tsx";
import { useDoor } from "./use-door.ts";
import { useDragging } from "./use-dragging.ts";
import { useFlow } from "./use-flow.ts";
import { useWiring } from "./use-wiring.ts";
import { WireEdge } from "./WireEdge.tsx";

const nodeTypes = { step: StepNode, body: BodyNode, note: NoteNode, frame: FrameNode };
const edgeTypes = { wire: WireEdge };
const manyNodes = 200;
const noEdges: WireFlowEdge[] = [];
const grid: [number, number] = [8, 8];

/**
 * Shows everything once the cards are measured and the panels around the canvas have their sizes.
 * @returns whether that has happened; before, the graph would be seen to jump
 */
function useFirstView(): boolean {
  const flow = useReactFlow();
  const measured = useNodesInitialized();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!measured || done) return;
    const timer = setTimeout(() => {
      void flow.fitView({ padding: "24px", maxZoom: 1 }).then(() => setDone(true));
    }, 30);
    return () => clearTimeout(timer);
  }, [measured, done, flow]);
  return done;
}

interface CanvasProps {
  onDoor: (door: CanvasDoor) => void;
  context: () => CommandContext;
  /** Shown over the surface: the toolbar, the run strip, what an empty canvas offers. */
  children?: ReactNode;
}

export function Canvas({ onDoor, context, children }: CanvasProps) {
  const { store } = useBuilderValue();
  const { shown: theme } = useTheme();
  const area = useRef<HTMLElement>(null);
  useDoor(area, onDoor);
  const { nodes, edges, onNodesChange, onEdgesChange } = useFlow();
  const { refusal, setRefusal, ...wiring } = useWiring();
  const { onNodeDrag, onNodeDragStop, onDragOver, onDrop } = useDragging();
  const minimap = useBuilder((state) => state.minimap);
  const [entries, setEntries] = useState<MenuEntry[]>([]);
  const shown = useFirstView();
  const many = nodes.length > manyNodes;
  const farView = useFarView(many);
  const clearRefusal = useCallback(() => setRefusal(null), [setRefusal]);

  const selectOnMenu = useCallback(
    (node: { id: string }) => {
      const { selection, select } = store.getState();
      if (!selection.nodes.has(node.id)) select([node.id]);
    },
    [store],
  );
  return (
    <ContextMenu entries={entries} onOpenChange={(open) => open && setEntries(menuEntries(context))}>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- what dropping does has keys and a menu too */}
      <section
        ref={area}
        aria-label="Canvas"
        tabIndex={-1}
        className="rb-canvas @container/canvas relative h-full w-full outline-none"
        onDragOver={onDragOver}
        onDrop={onDrop}
        onDragLeave={() => store.getState().set({ hoveredWire: null, dropTarget: null })}
      >
        <FarViewProvider value={farView}>
          <ReactFlow
            aria-label="Workflow graph"
            className={cx(!shown && nodes.length > 0 && "opacity-0")}
            nodes={nodes}
            edges={farView.far ? noEdges : edges}
            nodeTypes={nodeTypes}
            edgeTypes={edgeTypes}
            colorMode={theme}
            onNodesChange={onNodesChange}
            onEdgesChange={onEdgesChange}
            {...wiring}
            onNodeDrag={onNodeDrag}
            onNodeDragStop={onNodeDragStop}
            onSelectionDragStop={(event, dragged) => onNodeDragStop(event, undefined, dragged)}
            onNodeContextMenu={(_, node) => selectOnMenu(node)}
            onEdgeContextMenu={(_, edge) => store.getState().select([], [edge.id])}
            onPaneContextMenu={() => store.getState().select([])}
            onNodeDoubleClick={(_, node: AnyFlowNode) => {
              if (node.type === "step" || node.type === "body") store.getState().set({ renaming: node.id });
            }}
            onEdgeMouseEnter={(_, edge) => store.getState().set({ hoveredWire: edge.id })}
            onEdgeMouseLeave={() => store.getState().set({ hoveredWire: null })}
            onlyRenderVisibleElements={many}
            deleteKeyCode={null}
            disableKeyboardA11y
            multiSelectionKeyCode={["Shift", "Meta", "Control"]}
            selectionKeyCode={null}
            selectionOnDrag
            selectionMode={SelectionMode.Partial}
            panOnDrag={[1]}
            panOnScroll
            zoomOnDoubleClick={false}
            selectNodesOnDrag
            elevateNodesOnSelect={false}
            snapToGrid
            snapGrid={grid}
            nodeDragThreshold={3}
            connectionRadius={16}
            connectionLineType={ConnectionLineType.SmoothStep}
            minZoom={0.1}
            maxZoom={2}
            attributionPosition="top-right"
          >
            {farView.far && <FarWires nodes={nodes} edges={edges} />}
            <Background variant={BackgroundVariant.Dots} gap={16} size={1} />
            {minimap && nodes.length > 3 && (
              <MiniMap
                pannable
                zoomable
                ariaLabel="Minimap"
                nodeBorderRadius={6}
                style={{ width: 148, height: 96 }}
                className="!m-3 hidden overflow-hidden rounded-control border border-line @lg/canvas:block"
              />
            )}
          </ReactFlow>
        </FarViewProvider>
        <ConnectionHint refusal={refusal} onDone={clearRefusal} />
        <QuickAdd />
        {children}
      </section>
    </ContextMenu>
  );
}
