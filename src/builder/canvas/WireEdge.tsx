// A wire: smooth steps with rounded corners, its label, and a way to put a node into it.
import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type EdgeProps } from "@xyflow/react";
import { Plus } from "lucide-react";
import { memo } from "react";
import { cx } from "../../ui/cx.ts";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { useWireState } from "../run/overlay-hooks.ts";
import type { WireFlowEdge } from "./flow-nodes.ts";

function Wire(props: EdgeProps<WireFlowEdge>) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected, data } = props;
  const { store } = useBuilderValue();
  const hoveredWire = useBuilder((state) => state.hoveredWire === id);
  const live = useWireState(props.source, props.target, data?.edge.sourcePort);
  const [path, labelX, labelY] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: 10,
    offset: 18,
  });
  const failed = data?.edge.sourcePort === "failed";
  const stroke =
    selected || hoveredWire
      ? "var(--accent)"
      : failed
        ? "var(--failed)"
        : live === "active"
          ? "var(--running)"
          : live === "taken"
            ? "var(--ink-muted)"
            : "var(--control)";
  const width = live === "taken" || live === "active" || selected || hoveredWire ? 2 : 1.25;
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        interactionWidth={18}
        className={live === "active" ? "rb-wire-live" : undefined}
        style={{
          stroke,
          strokeWidth: width,
          opacity: live === "untaken" ? 0.3 : 1,
          ...(data?.carries === false && live === undefined ? { strokeDasharray: "1 0" } : {}),
        }}
      />
      {(data?.label !== undefined || hoveredWire || selected) && (
        <EdgeLabelRenderer>
          <div
            className={cx(
              "nodrag nopan pointer-events-auto absolute flex items-center gap-1",
              live === "untaken" && "opacity-50",
            )}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
            onMouseEnter={() => store.getState().set({ hoveredWire: id })}
            onMouseLeave={() => store.getState().set({ hoveredWire: null })}
          >
            {data?.label !== undefined && (
              <span
                className={cx(
                  "max-w-32 truncate rounded-sm border border-line bg-page px-1.5 text-xs text-muted",
                  selected && "border-accent text-accent-ink",
                )}
              >
                {data.label}
              </span>
            )}
            {(hoveredWire || selected) && (
              <button
                type="button"
                aria-label="Put a node into this wire"
                className="flex size-5 items-center justify-center rounded-full border border-line-strong bg-raised text-muted hover:border-accent hover:text-accent-ink"
                onClick={(event) => {
                  const at = { x: labelX - 110, y: labelY - 28 };
                  store.getState().set({
                    quickAdd: { at, screen: { x: event.clientX, y: event.clientY }, edge: id },
                    hoveredWire: null,
                  });
                }}
              >
                <Plus className="size-3" aria-hidden />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const WireEdge = memo(Wire);
