import type { StepStatus } from "../../core/run.ts";
import { registry } from "../../nodes/registry.gen.ts";
import { NodeCard, type NodeCardState } from "../../ui/node-card.tsx";
import { statusLook } from "../../ui/status.tsx";
import { Shelf } from "./Shelf.tsx";

const states: { name: string; state: NodeCardState }[] = [
  ...(
    ["pending", "ready", "running", "succeeded", "failed", "skipped", "cancelled"] satisfies StepStatus[]
  ).map((status) => ({
    name: status,
    state: statusLook(status),
  })),
  { name: "third attempt", state: { ...statusLook("running"), badge: "×3" } },
  { name: "map 97/100", state: { ...statusLook("running"), badge: "97/100" } },
  { name: "cost", state: { ...statusLook("succeeded"), badge: "$0.02" } },
  ...(["retry", "timer", "approval", "signal", "limit", "reconcile"] as const).map((kind) => ({
    name: `waiting: ${kind}`,
    state: statusLook("waiting", { kind }),
  })),
];

const sample = {
  icon: "globe",
  category: "tool",
  title: "Fetch the page",
  fact: "api.example.com",
  kindTitle: "HTTP request",
} as const;

const marks = [
  { name: "plain", props: {} },
  { name: "selected", props: { selected: true } },
  { name: "disabled", props: { disabled: true } },
  { name: "pinned", props: { pinned: true } },
  { name: "faded", props: { faded: true } },
  { name: "error", props: { problems: { severity: "error", count: 2 } } },
  { name: "warning", props: { problems: { severity: "warning", count: 1 } } },
  {
    name: "all at once",
    props: {
      selected: true,
      pinned: true,
      problems: { severity: "error", count: 12 },
      state: { ...statusLook("failed"), badge: "×4" },
    },
  },
  {
    name: "long words",
    props: {
      title: "Explain the failure in plain words to the person on call",
      fact: "very-long-subdomain.of.some-company.example.com",
    },
  },
] as const;

/** One card per kind, one per state, one per mark. */
export function GalleryNodes() {
  return (
    <>
      <Shelf title="Kinds">
        {registry.map((node) => (
          <NodeCard
            key={node.kind}
            icon={node.icon}
            category={node.category}
            title={node.title}
            kindTitle={node.kind}
            fact={node.factOf(node.sample.config, {})}
          />
        ))}
      </Shelf>
      <Shelf title="States">
        {states.map(({ name, state }) => (
          <Named key={name} name={name}>
            <NodeCard {...sample} state={state} />
          </Named>
        ))}
      </Shelf>
      <Shelf title="Marks">
        {marks.map(({ name, props }) => (
          <Named key={name} name={name}>
            <NodeCard {...sample} {...props} />
          </Named>
        ))}
      </Shelf>
    </>
  );
}

function Named({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <figure className="flex flex-col gap-2">
      {children}
      <figcaption className="text-xs text-faint">{name}</figcaption>
    </figure>
  );
}
