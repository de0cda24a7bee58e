// One port: a handle whose shape and tint tell its type, labelled while somebody looks at it or draws a wire.
import { Handle, Position, useConnection } from "@xyflow/react";
import { memo } from "react";
import type { Schema } from "../../core/json.ts";
import { cx } from "../../ui/cx.ts";
import { useBuilderValue } from "../builder-context.tsx";
import { canConnect } from "../edit/connect.ts";
import { describeSchema } from "../../core/ports.ts";
import { orderHandle } from "./flow-nodes.ts";

interface PortProps {
  nodeId: string;
  id: string;
  side: "source" | "target";
  /** Pixels from the top; for reserved ports, which sit below, from the left. */
  at: number;
  label: string;
  schema: Schema;
  kind: "value" | "order" | "route" | "failed" | "finished";
  wired: boolean;
  /** Shown only while somebody looks at the node or draws a wire. */
  quiet: boolean;
  /** See {@link useDrawnFrom}. */
  drawnFrom: string;
}

/** The end a wire is being drawn from, as one string; "" when none is. One subscription per node, not per port. */
export function useDrawnFrom(): string {
  return useConnection((connection) =>
    connection.inProgress
      ? `${connection.fromHandle.type}\n${connection.fromNode.id}\n${connection.fromHandle.id ?? ""}`
      : "",
  );
}

/** "" when this port cannot be the other end of the wire being drawn. */
function useVerdict(props: PortProps): string {
  const { store, nodeOf, around } = useBuilderValue();
  const [type, node = "", port = ""] = props.drawnFrom.split("\n");
  if (props.drawnFrom === "" || type === props.side) return "";
  const portOf = (id: string) => (id === orderHandle ? undefined : id);
  const wire =
    props.side === "target"
      ? { source: node, sourcePort: port, target: props.nodeId, targetPort: portOf(props.id) }
      : { source: props.nodeId, sourcePort: props.id, target: node, targetPort: portOf(port) };
  const answer = canConnect(store.getState().doc, wire, { nodeOf, around });
  return answer.ok ? (answer.sure ? "fits" : "maybe") : `no: ${answer.reason}`;
}

const typeLook: Record<string, string> = {
  string: "rounded-full",
  number: "rounded-[2px]",
  integer: "rounded-[2px]",
  boolean: "rounded-[2px] rotate-45",
  object: "rounded-[3px]",
  array: "rounded-[3px]",
};

function lookOf(kind: PortProps["kind"], schema: Schema): string {
  if (kind === "order") return "rounded-full";
  if (kind === "failed") return "rounded-full !border-failed";
  if (kind === "finished") return "rounded-full";
  if (kind === "route") return "rounded-[2px] rotate-45";
  return typeof schema["type"] === "string" ? (typeLook[schema["type"]] ?? "rounded-full") : "rounded-full";
}

function PortView(props: PortProps) {
  const { id, side, at, label, schema, kind, wired, quiet } = props;
  const verdict = useVerdict(props);
  const below = kind === "failed" || (kind === "finished" && at > 56);
  const refused = verdict.startsWith("no: ");
  const type = kind === "value" ? describeSchema(schema) : "";
  return (
    <Handle
      id={id}
      type={side}
      position={below ? Position.Bottom : side === "target" ? Position.Left : Position.Right}
      style={below ? { left: at } : { top: at }}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a handle is a box with a name
      role="img"
      aria-label={`${label}${type === "" ? "" : `, ${type}`} ${side === "target" ? "input" : "output"} port`}
      title={verdict === "" ? `${label}${type === "" ? "" : ` · ${type}`}` : undefined}
      data-verdict={refused ? "no" : verdict || undefined}
      className={cx(
        "rb-port group/port !size-2 !min-w-0 !border-[1.5px] transition-[width,height,opacity] duration-100",
        wired ? "!border-accent !bg-accent" : "!border-control !bg-raised",
        kind === "order" && !wired && "!size-1.5",
        kind === "failed" && wired && "!bg-failed",
        quiet && "opacity-0 group-hover/step:opacity-100 group-data-selected/step:opacity-100",
        (verdict === "fits" || verdict === "maybe") && "!size-3 !border-accent !bg-accent-soft !opacity-100",
        refused && "!opacity-25",
        lookOf(kind, schema),
      )}
    >
      <span className={cx("rb-port-label", side === "target" ? "right-3.5" : below ? "top-2.5" : "left-3.5")}>
        {label}
      </span>
    </Handle>
  );
}

export const PortHandle = memo(PortView);
