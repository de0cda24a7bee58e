// The canvas document: what a draft stores and a *.workflow.json file holds.
import { z } from "zod";
import { Binding, Cel } from "./binding.ts";
import { Json, JsonObject, Key, Ms, Schema, Slug, Uuid } from "./json.ts";
import { Effect, OnFailure, RetryPolicy, Rollback, Settings, Verifier } from "./plan.ts";

const NodeId = z.string().min(1).max(64);
const Position = z.strictObject({ x: z.number(), y: z.number() });
const Size = z.strictObject({ w: z.number().positive(), h: z.number().positive() });

export const CanvasNode = z.strictObject({
  id: NodeId,
  key: Key,
  kind: Slug,
  kindVersion: z.int().min(1).default(1),
  title: z.string().max(120).optional(),
  config: JsonObject.default({}),
  inputs: z.record(Key, Binding).default({}),
  when: Cel.optional(),
  retry: RetryPolicy.partial().optional(),
  timeoutMs: Ms.optional(),
  deadlineMs: Ms.optional(),
  effect: Effect.optional(),
  verifiers: z.array(Verifier).default([]),
  onFailure: OnFailure.default("fail_run"),
  fallback: Binding.optional(),
  rollback: Rollback.optional(),
  parent: NodeId.optional(),
  frame: NodeId.optional(),
  position: Position,
  size: Size.optional(),
  collapsed: z.boolean().optional(),
  disabled: z.boolean().default(false),
  pin: z.strictObject({ output: z.record(Key, Json), fromRun: Uuid.optional() }).optional(),
});
export type CanvasNode = z.infer<typeof CanvasNode>;

/** An edge without `targetPort` only orders. */
export const CanvasEdge = z.strictObject({
  id: NodeId,
  source: NodeId,
  sourcePort: Key,
  target: NodeId,
  targetPort: Key.optional(),
  label: z.string().max(80).optional(),
});
export type CanvasEdge = z.infer<typeof CanvasEdge>;

export const Frame = z.strictObject({
  id: NodeId,
  title: z.string().max(120),
  colour: z.string().max(24),
  position: Position,
  size: Size,
  collapsed: z.boolean().default(false),
});
export type Frame = z.infer<typeof Frame>;

export const StickyNote = z.strictObject({
  id: NodeId,
  text: z.string().max(20_000),
  colour: z.string().max(24),
  position: Position,
  size: Size,
  node: NodeId.optional(),
});
export type StickyNote = z.infer<typeof StickyNote>;

export const CanvasDoc = z.strictObject({
  schemaVersion: z.literal(1),
  nodes: z.array(CanvasNode).max(5_000),
  edges: z.array(CanvasEdge).max(20_000),
  frames: z.array(Frame).max(500).default([]),
  notes: z.array(StickyNote).max(500).default([]),
  input: Schema.default({ type: "object", properties: {} }),
  output: z.record(Key, Binding).default({}),
  variables: z.record(Key, Json).default({}),
  settings: Settings.prefault({}),
  viewport: z
    .strictObject({ x: z.number(), y: z.number(), zoom: z.number().positive() })
    .default({ x: 0, y: 0, zoom: 1 }),
});
export type CanvasDoc = z.infer<typeof CanvasDoc>;

/** A `*.workflow.json` file: the canvas document with the names it is imported under. */
export const WorkflowFile = z.strictObject({
  $schema: z.string().optional(),
  runboard: z.literal(1),
  slug: Slug,
  title: z.string().min(1).max(120),
  description: z.string().max(2_000).default(""),
  doc: CanvasDoc,
});
export type WorkflowFile = z.infer<typeof WorkflowFile>;

/** Reserved source ports every step node has besides its own. */
export const reservedSourcePorts = ["failed", "finished"] as const;
