// Fifth pass: naming a step creates the dependency; nobody has to draw it.
import type { Mention } from "./check-sources.ts";
import { isStep, liftTo, type Placed, type Sketch } from "./sketch.ts";

export interface StepMention extends Mention {
  upstream: Placed;
  /** The reader, or the container around it that stands beside the upstream. */
  at: Placed;
  what: "output" | "error" | "status" | "step";
}

/** The mentions of steps, resolved; those of unknown or unreachable steps were reported already and are left out. */
export function stepMentions(sketch: Sketch, mentions: readonly Mention[]): StepMention[] {
  return mentions.flatMap((mention): StepMention[] => {
    const [key, part] = mention.path.segments;
    const upstream =
      mention.path.root === "steps" && typeof key === "string" ? sketch.byKey.get(key) : undefined;
    if (!upstream || !isStep(upstream)) return [];
    // A container's result is evaluated inside its body: the steps there are its own, not its upstream.
    if (mention.source.inside && upstream.parent === mention.reader) return [];
    const at = liftTo(mention.reader, upstream.parent);
    const what = part === "output" || part === "error" || part === "status" ? part : "step";
    return at ? [{ ...mention, upstream, at, what }] : [];
  });
}

export function addNamedDependencies(mentions: readonly StepMention[]): void {
  const upstreams = new Upstreams();
  const [hard, soft] = [mentions.filter(isHard), mentions.filter((mention) => !isHard(mention))];
  for (const { at, upstream, what } of hard) {
    if (at.deps.some((dep) => dep.upstream === upstream)) continue;
    at.deps.push({ upstream, on: what === "output" ? "succeeded" : "finished" });
  }
  for (const { at, upstream, what } of soft) {
    upstreams.clear();
    if (at === upstream || upstreams.of(at).has(upstream)) continue;
    at.deps.push({ upstream, on: what === "output" ? "succeeded" : "finished" });
  }
  upstreams.clear();
  for (const { at, upstream } of hard) {
    const dep = at.deps.find((one) => one.upstream === upstream);
    const wired = at.incoming.some(({ source }) => source === upstream);
    if (
      dep &&
      !wired &&
      at.deps.some((other) => other.upstream !== upstream && upstreams.of(other.upstream).has(upstream))
    )
      dep.implied = true;
  }
  for (const { at } of mentions) at.deps.sort(inOrder);
}

/** A merge goes on with whichever way was taken, so reading one more step must not become one more way. */
function isHard({ path, at }: StepMention): boolean {
  return !path.optional && (at.kind.join?.(at.config) ?? "all") === "all";
}

function inOrder(a: Placed["deps"][number], b: Placed["deps"][number]): number {
  const text = ({ upstream, on, port = "" }: Placed["deps"][number]) => `${upstream.node.key} ${on} ${port}`;
  return text(a) < text(b) ? -1 : 1;
}

/** Everything a node waits for, directly or not; remembered until cleared. */
export class Upstreams {
  private readonly known = new Map<Placed, Set<Placed>>();

  clear(): void {
    this.known.clear();
  }

  of(placed: Placed): ReadonlySet<Placed> {
    const known = this.known.get(placed);
    if (known) return known;
    const found = new Set<Placed>();
    const open = [placed];
    for (let at = open.pop(); at; at = open.pop())
      for (const { upstream } of at.deps) {
        if (found.has(upstream)) continue;
        found.add(upstream);
        open.push(upstream);
      }
    this.known.set(placed, found);
    return found;
  }
}
