// The inspector of one node.
import { useMemo, useState } from "react";
import type { CanvasNode } from "../../core/canvas.ts";
import type { Diagnostic } from "../../core/diagnostic.ts";
import { mapPorts } from "../../core/compile/check-triggers.ts";
import { Key } from "../../core/json.ts";
import { Badge } from "../../ui/badge.tsx";
import { KindIcon } from "../../ui/icons.tsx";
import { Input } from "../../ui/input.tsx";
import { Switch } from "../../ui/switch.tsx";
import { Tabs, type Tab } from "../../ui/tabs.tsx";
import { useBuilder, useBuilderValue } from "../builder-context.tsx";
import { keysOf, retitle } from "../edit/keys.ts";
import { patchNode } from "../edit/nodes.ts";
import { portsOf } from "../edit/ports-of.ts";
import { renameKey } from "../edit/references.ts";
import { TriggerMapTab } from "../trigger/TriggerMapTab.tsx";
import { TriggerPanel } from "../trigger/TriggerPanel.tsx";
import { useNodeRun, useOverlay } from "../run/overlay-hooks.ts";
import { availableFor } from "./available.ts";
import { ChecksTab } from "./ChecksTab.tsx";
import { DocsTab } from "./DocsTab.tsx";
import { FieldScopeProvider, useInsertTarget } from "./field-context.tsx";
import { InputsTab } from "./InputsTab.tsx";
import { RetryTab } from "./RetryTab.tsx";
import { RunTab } from "./RunTab.tsx";
import { SettingsTab } from "./SettingsTab.tsx";
import { tabOfPath, type InspectorTab } from "./tab-of-path.ts";
import { useFocusPath } from "./use-focus-path.ts";

const noProblems: readonly Diagnostic[] = [];

export function NodePanel({ node }: { node: CanvasNode }) {
  const value = useBuilderValue();
  const { nodeOf, around } = value;
  const kind = nodeOf(node.kind);
  const doc = useBuilder((state) => state.doc);
  const diagnostics = useBuilder((state) => state.compiled.byNode.get(node.id)) ?? noProblems;
  const runId = useOverlay((state) => state.runId);
  const run = useNodeRun(node.id);
  const isTrigger = kind !== undefined && kind.eventOf(node.config, around) !== null;
  const ports = useMemo(
    () =>
      isTrigger
        ? { ...portsOf(node, nodeOf, around), inputs: mapPorts(doc.input, kind?.base !== undefined) }
        : portsOf(node, nodeOf, around),
    [isTrigger, kind, doc.input, node, nodeOf, around],
  );
  const groups = useMemo(
    () => availableFor(doc, node, { nodeOf, around }, kind?.role === "container"),
    [doc, node, nodeOf, around, kind],
  );
  const target = useInsertTarget();
  const scope = useMemo(
    () => ({ groups, node, diagnostics, ...target }),
    [groups, node, diagnostics, target],
  );
  const hasInputs = Object.keys(ports.inputs).length > 0;
  const hasConfig = kind !== undefined && Object.keys(kind.config.shape).length > 0;
  const [tab, setTab] = useState<InspectorTab>(
    runId !== null ? "run" : hasInputs && !hasConfig ? "inputs" : "settings",
  );
  const [seenRun, setSeenRun] = useState(runId);
  if (runId !== seenRun) {
    setSeenRun(runId);
    if (runId !== null) setTab("run");
  }
  useFocusPath((path) => setTab(tabOfPath(path)));
  if (!kind) return <UnknownKind node={node} />;

  const isStep = kind.role === "step" || kind.role === "container";
  const count = (wanted: InspectorTab) =>
    diagnostics.filter(
      (entry) => entry.severity !== "info" && entry.path !== undefined && tabOfPath(entry.path) === wanted,
    ).length;
  const pad = (content: React.ReactNode) => <div className="p-4">{content}</div>;
  const current: Tab<InspectorTab>[] = [
    {
      value: "settings",
      label: "Settings",
      count: count("settings"),
      content: (
        <>
          {isTrigger && <TriggerPanel node={node} kind={kind} />}
          {pad(<SettingsTab node={node} kind={kind} />)}
        </>
      ),
    },
    ...(isTrigger
      ? [
          {
            value: "inputs" as const,
            label: "Input",
            count: count("inputs"),
            content: pad(<TriggerMapTab node={node} kind={kind} ports={ports} />),
          },
        ]
      : []),
    ...(isStep
      ? [
          {
            value: "inputs" as const,
            label: "Inputs",
            count: count("inputs"),
            content: pad(<InputsTab node={node} kind={kind} ports={ports} />),
          },
          {
            value: "retry" as const,
            label: "Retries",
            count: count("retry"),
            content: pad(<RetryTab node={node} kind={kind} />),
          },
          {
            value: "checks" as const,
            label: "Checks",
            count: count("checks"),
            content: pad(<ChecksTab node={node} />),
          },
        ]
      : []),
    { value: "docs", label: "Docs", content: pad(<DocsTab kind={kind} ports={ports} />) },
  ];
  const tabs: Tab<InspectorTab>[] =
    runId === null
      ? current
      : [{ value: "run", label: "Run", content: pad(<RunTab runId={runId} run={run} />) }, ...current];
  const shown = tabs.some((entry) => entry.value === tab) ? tab : "settings";
  return (
    <FieldScopeProvider value={scope}>
      <Header node={node} />
      <General diagnostics={diagnostics} />
      <Tabs
        label={`${node.title ?? kind.title} details`}
        value={shown}
        onChange={setTab}
        tabs={tabs}
        className="flex-1"
      />
    </FieldScopeProvider>
  );
}

/** Problems of the node as a whole, which belong to no field. */
function General({ diagnostics }: { diagnostics: readonly Diagnostic[] }) {
  const own = diagnostics.filter((entry) => entry.path === undefined && entry.severity !== "info");
  if (own.length === 0) return null;
  return (
    <ul className="mx-4 mb-2 flex flex-col gap-1">
      {own.map((entry) => (
        <li
          key={entry.code + entry.message}
          className={
            entry.severity === "error"
              ? "rounded-control bg-failed-soft px-2 py-1 text-sm text-failed"
              : "rounded-control bg-waiting-soft px-2 py-1 text-sm text-waiting"
          }
        >
          {entry.message} <span className="text-muted">{entry.hint}</span>
        </li>
      ))}
    </ul>
  );
}

function Header({ node }: { node: CanvasNode }) {
  const { nodeOf } = useBuilderValue();
  const edit = useBuilder((state) => state.edit);
  const kind = nodeOf(node.kind);
  const [key, setKey] = useState<string | null>(null);
  const taken = useBuilder(
    (state) => key !== null && state.doc.nodes.some((entry) => entry.id !== node.id && entry.key === key),
  );
  const parsed = Key.safeParse(key ?? node.key);
  const problem = taken
    ? "Another node has this key."
    : parsed.success
      ? undefined
      : parsed.error.issues[0]?.message;
  const keep = () => {
    if (key !== null && problem === undefined)
      edit((doc) => (keysOf(doc).has(key) ? doc : renameKey(doc, node.id, key, nodeOf)));
    setKey(null);
  };
  if (!kind) return null;
  return (
    <header className="flex gap-2.5 px-4 pt-3 pb-2.5">
      <KindIcon icon={kind.icon} category={kind.category} />
      <div className="min-w-0 flex-1">
        <Input
          aria-label="Title"
          placeholder={kind.title}
          value={node.title ?? ""}
          maxLength={120}
          className="h-6 border-transparent bg-transparent px-1 font-medium"
          onChange={(event) =>
            edit((doc) => retitle(doc, node.id, event.target.value, nodeOf), `${node.id}.title`)
          }
          onBlur={(event) => {
            const title = event.target.value.trim();
            edit((doc) => retitle(doc, node.id, title, nodeOf), `${node.id}.title`);
          }}
        />
        <div className="flex items-center gap-1 pl-1 text-sm text-muted">
          <span className="shrink-0">{kind.title} ·</span>
          <Input
            mono
            aria-label="Key"
            aria-invalid={problem === undefined ? undefined : true}
            title="How expressions name this node. Renaming it changes every reference."
            value={key ?? node.key}
            className="h-6 border-transparent bg-transparent px-1 text-xs text-muted"
            onChange={(event) => setKey(event.target.value)}
            onBlur={keep}
            onKeyDown={(event) => {
              if (event.key === "Enter") event.currentTarget.blur();
              if (event.key === "Escape") setKey(null);
            }}
          />
        </div>
        {problem !== undefined && key !== null && <p className="pl-1 text-sm text-failed">{problem}</p>}
      </div>
      {kind.role !== "trigger" && (
        <Switch
          aria-label="Enabled"
          title="A node that is not enabled is left out"
          className="mt-1"
          checked={!node.disabled}
          onCheckedChange={(on) =>
            edit((doc) => patchNode(doc, node.id, (entry) => ({ ...entry, disabled: !on })))
          }
        />
      )}
    </header>
  );
}

function UnknownKind({ node }: { node: CanvasNode }) {
  return (
    <div className="p-4">
      <Badge tone="failed">{node.kind}</Badge>
      <p className="mt-2">
        This installation has no such kind of node. It stays in the document, but it cannot be published.
      </p>
    </div>
  );
}
