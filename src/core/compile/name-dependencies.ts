// Fifth pass: naming a step creates the dependency; nobody has to draw it.
import type { Mention } from "./check-sources.ts";
import { isStep, liftTo, type Placed, type PlacedDep, type Sketch } from "./sketch.ts";

export interface StepMention extends Mention {
  upstream: Placed;
  /** The reader, or the container around it that stands beside the upstream. */
  at: Placed;
  what: "output" | "error" | "status" | "step";
}

/** The mentions of steps, resolved; those of unknown or unreachable steps were reported already and are left out. */
export function stepMentions(sketch: Sketch, mentions: readonly Mention[]): StepMention[] {
  const found: StepMention[] = [];
  for (const { source, path, reader } of mentions) {
    const [key, part] = path.segments;
    const upstream = path.root === "steps" && typeof key === "string" ? sketch.byKey.get(key) : undefined;
    if (!upstream || !isStep(upstream)) continue;
    // A container's result is evaluated inside its body: the steps there are its own, not its upstream.
    if (source.inside && upstream.parent === reader) continue;
    const at = liftTo(reader, upstream.parent);
    const what = part === "output" || part === "error" || part === "status" ? part : "step";
    if (at) found.push({ source, path, reader, upstream, at, what });
  }
  return found;
}

/** Adds a dependency for every step named; an optional one only where nothing drawn leads there already. */
export function addNamedDependencies(mentions: readonly StepMention[]): void {
  for (const mention of mentions) if (isHard(mention)) addDependency(mention);
  for (const mention of mentions)
    if (!isHard(mention) && mention.at !== mention.upstream && !waitsFor(mention.at, mention.upstream))
      addDependency(mention);
  for (const at of new Set(mentions.map((mention) => mention.at)))
    if (at.deps.length > 1) at.deps.sort(inOrder);
}

function addDependency({ at, upstream, what }: StepMention): void {
  if (at.deps.some((dep) => dep.upstream === upstream)) return;
  at.deps.push({ upstream, on: what === "output" ? "succeeded" : "finished" });
}

/** Marks what was only named and is upstream anyway: it says nothing about when the node runs. */
export function markImplied(mentions: readonly StepMention[]): void {
  for (const mention of mentions) {
    if (!isHard(mention)) continue;
    const { at, upstream } = mention;
    const dep = at.deps.find((one) => one.upstream === upstream);
    if (!dep || dep.implied || at.incoming.some(({ source }) => source === upstream)) continue;
    // Every node's rank is above that of what it waits for, which keeps the search short.
    dep.implied = at.deps.some(
      (other) => other.upstream !== upstream && waitsFor(other.upstream, upstream, upstream.rank),
    );
  }
}

/** Whether a node waits for another, directly or not; looks at nothing ranked at or below the floor. */
function waitsFor(from: Placed, wanted: Placed, floor = -1): boolean {
  const seen = new Set<Placed>();
  const open = [from];
  for (let at = open.pop(); at; at = open.pop())
    for (const { upstream } of at.deps) {
      if (upstream === wanted) return true;
      if (upstream.rank <= floor || seen.has(upstream)) continue;
      seen.add(upstream);
      open.push(upstream);
    }
  return false;
}

/** A merge goes on with whichever way was taken, so reading one more step must not become one more way. */
function isHard({ path, at }: StepMention): boolean {
  return !path.optional && (at.kind.join?.(at.config) ?? "all") === "all";
}

function inOrder(a: PlacedDep, b: PlacedDep): number {
  if (a.upstream !== b.upstream) return a.upstream.node.key < b.upstream.node.key ? -1 : 1;
  return `${a.on} ${a.port ?? ""}` < `${b.on} ${b.port ?? ""}` ? -1 : 1;
}

/** Everything a node waits for, directly or not. */
export function upstreamsOf(placed: Placed): Set<Placed> {
  const found = new Set<Placed>();
  const open = [placed];
  for (let at = open.pop(); at; at = open.pop())
    for (const { upstream } of at.deps) {
      if (found.has(upstream)) continue;
      found.add(upstream);
      open.push(upstream);
    }
  return found;
}
