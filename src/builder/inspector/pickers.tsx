// Controls that pick from what the workspace has: connections, models, tools and workflows.
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { useMemo, useState } from "react";
import { z } from "zod";
import { ToolRef } from "../../core/tool.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Input } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { useBuilderValue } from "../builder-context.tsx";
import type { WidgetProps } from "./widgets.tsx";

const none = "(none)";

export function ConnectionPicker({ value, onChange, control, schema, form }: WidgetProps) {
  const { around } = useBuilderValue();
  const wanted = form.connectionKind ?? "http";
  const fitting = around.connections.filter((connection) => connection.kind === wanted);
  const slug = typeof value === "string" ? value : none;
  const known = slug === none || fitting.some((connection) => connection.slug === slug);
  return (
    <Select
      {...control}
      value={slug}
      options={[
        ...(schema["default"] === undefined
          ? [{ value: none, label: wanted === "signing" ? "None" : "No credential" }]
          : []),
        ...fitting.map((connection) => ({
          value: connection.slug,
          label: connection.slug,
          hint: connection.hosts.join(", "),
        })),
        ...(known ? [] : [{ value: slug, label: `${slug} (not set up here)` }]),
      ]}
      onChange={(picked) => onChange(picked === none ? undefined : picked)}
    />
  );
}

const Model = z.object({ connection: z.string(), model: z.string() });

export function ModelChain({ value, onChange, path }: WidgetProps) {
  const { around } = useBuilderValue();
  const parsed = z.array(Model).safeParse(value);
  const chain = parsed.success ? parsed.data : [];
  const sources = around.connections.filter(
    (connection) => !["http", "mcp", "signing"].includes(connection.kind),
  );
  const swap = (a: number, b: number) => {
    const [first, second] = [chain[a], chain[b]];
    if (first && second) onChange(chain.with(a, second).with(b, first));
  };
  return (
    <ol className="flex flex-col gap-1.5" data-path={path}>
      {chain.map((entry, index) => (
        <li key={index} className="rounded-control border border-line bg-panel p-1.5">
          <div className="flex items-center gap-1">
            <Select
              aria-label={`Connection of model ${index + 1}`}
              value={entry.connection}
              options={[
                {
                  value: "sandbox",
                  label: "Sandbox",
                  hint: "Built in, deterministic, no key; not a real model",
                },
                ...sources.map((source) => ({ value: source.slug, label: source.slug, hint: source.kind })),
                ...(entry.connection === "sandbox" ||
                sources.some((source) => source.slug === entry.connection)
                  ? []
                  : [{ value: entry.connection, label: `${entry.connection} (not set up here)` }]),
              ]}
              onChange={(connection) =>
                onChange(
                  chain.with(index, {
                    connection,
                    model:
                      connection === "sandbox" ? "sandbox-1" : entry.model === "sandbox-1" ? "" : entry.model,
                  }),
                )
              }
            />
            <IconButton
              size="sm"
              label={`Move model ${index + 1} up`}
              icon={<ArrowUp />}
              disabled={index === 0}
              onClick={() => swap(index, index - 1)}
            />
            <IconButton
              size="sm"
              label={`Move model ${index + 1} down`}
              icon={<ArrowDown />}
              disabled={index === chain.length - 1}
              onClick={() => swap(index, index + 1)}
            />
            <IconButton
              size="sm"
              label={`Remove model ${index + 1}`}
              icon={<X />}
              disabled={chain.length === 1}
              onClick={() => onChange(chain.filter((_, at) => at !== index))}
            />
          </div>
          <div className="mt-1 flex items-center gap-1.5">
            <Input
              mono
              aria-label={`Model ${index + 1}`}
              placeholder="model name"
              value={entry.model}
              onChange={(event) => onChange(chain.with(index, { ...entry, model: event.target.value }))}
            />
            {entry.connection === "sandbox" && <Badge tone="waiting">sandbox</Badge>}
          </div>
        </li>
      ))}
      <Button
        size="sm"
        variant="ghost"
        className="self-start"
        icon={<Plus />}
        onClick={() =>
          onChange([
            ...chain,
            { connection: sources[0]?.slug ?? "sandbox", model: sources[0] ? "" : "sandbox-1" },
          ])
        }
      >
        Add fallback
      </Button>
    </ol>
  );
}

export function ToolPicker({ value, onChange, control, path }: WidgetProps) {
  const { around } = useBuilderValue();
  const parsed = ToolRef.safeParse(value);
  const current = parsed.success ? parsed.data : undefined;
  const servers = useMemo(
    () => [
      ...new Set([
        ...around.connections.filter((entry) => entry.kind === "mcp").map((entry) => entry.slug),
        ...around.tools.map((tool) => tool.connection),
      ]),
    ],
    [around],
  );
  const [picked, setPicked] = useState<string | null>(null);
  const server = picked ?? current?.connection ?? servers[0] ?? "";
  const tools = around.tools.filter((tool) => tool.connection === server && tool.status !== "missing");
  const tool = tools.find((entry) => entry.name === current?.name && entry.connection === current.connection);
  const changed = tool !== undefined && current !== undefined && tool.schemaHash !== current.schemaHash;
  const choose = (name: string) => {
    const chosen = tools.find((entry) => entry.name === name);
    if (chosen) onChange({ connection: server, name, schemaHash: chosen.schemaHash });
  };
  if (servers.length === 0)
    return (
      <p className="text-sm text-muted" data-path={path}>
        No MCP server is connected. Add a connection of kind MCP in Connections, then pick a tool here.
      </p>
    );
  return (
    <div className="flex flex-col gap-1.5" data-path={path}>
      <Select
        aria-label="Server"
        value={server}
        options={servers.map((slug) => ({ value: slug, label: slug }))}
        onChange={setPicked}
      />
      <Select
        {...control}
        value={tool?.name ?? ""}
        placeholder={tools.length === 0 ? "This server has no tools yet" : "Choose a tool"}
        options={tools.map((entry) => ({
          value: entry.name,
          label: entry.title || entry.name,
          hint: entry.description.slice(0, 90),
        }))}
        onChange={choose}
      />
      {tool && (
        <p className="flex items-center gap-2 text-sm text-muted">
          <Badge mono title="The schema this node is pinned to">
            {current?.schemaHash.slice(0, 8)}
          </Badge>
          {changed ? (
            <>
              <span className="text-waiting">The server changed this tool.</span>
              <Button size="sm" onClick={() => choose(tool.name)}>
                Use the new schema
              </Button>
            </>
          ) : (
            `pinned · ${tool.effect.replaceAll("_", " ")}`
          )}
        </p>
      )}
      {current && !tool && picked === null && (
        <p className="text-sm text-failed">
          {current.connection} has no tool {current.name} any more. Pick another one.
        </p>
      )}
    </div>
  );
}

export function WorkflowPicker({ value, onChange, control }: WidgetProps) {
  const { around, workflow } = useBuilderValue();
  const slug = typeof value === "string" ? value : "";
  const others = around.workflows.filter((entry) => entry.slug !== workflow.slug);
  const known = slug === "" || others.some((entry) => entry.slug === slug);
  return (
    <Select
      {...control}
      value={slug}
      placeholder={others.length === 0 ? "No other workflow is published" : "Choose a workflow"}
      options={[
        ...others.map((entry) => ({ value: entry.slug, label: entry.title, hint: `v${entry.version}` })),
        ...(known ? [] : [{ value: slug, label: `${slug} (not published)` }]),
      ]}
      onChange={onChange}
    />
  );
}
