// "Did you mean": the names closest to one that does not exist.

/** Up to three of the names within a third of the word's length (at least two edits), closest first. */
export function nearestNames(word: string, names: Iterable<string>): string[] {
  const limit = Math.max(2, Math.floor(word.length / 3));
  const found: { name: string; distance: number }[] = [];
  for (const name of names) {
    if (Math.abs(name.length - word.length) > limit) continue;
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance <= limit) found.push({ name, distance });
  }
  return found
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The hint of a diagnostic about an unknown name: the nearest ones, or what there is. */
export function didYouMean(word: string, names: readonly string[], otherwise: string): string {
  const near = nearestNames(word, names);
  if (near.length > 0) return `Did you mean ${near.join(" or ")}?`;
  if (names.length > 0 && names.length <= 12) return `There is ${names.join(", ")}.`;
  return otherwise;
}
