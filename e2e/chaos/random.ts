// Everything the storm draws comes from one printed seed. Small and fast; nothing here needs to be unpredictable.
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  chance(share: number): boolean;
  /** @throws Error when the list is empty */
  pick<T>(list: readonly T[]): T;
  /** A stream of its own, so that one consumer's draws do not move another's. */
  fork(name: string): Random;
}

/** @param seed the same seed gives the same draws on every machine */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (share) => next() < share,
    pick(list) {
      const one = list[Math.floor(next() * list.length)];
      if (one === undefined) throw new Error("Nothing to pick from.");
      return one;
    },
    fork: (name) => seededRandom(hashOf(`${seed} ${name}`)),
  };
}

/** FNV-1a: a number for a text, the same everywhere. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
