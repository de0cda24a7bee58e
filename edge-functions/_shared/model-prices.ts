// What well-known models cost: the providers' published list prices. A model that is not listed has no known price.

interface Price {
  /** US dollars per million tokens. */
  input: number;
  output: number;
}

/** When these prices were read; they are estimates from then on. */
export const pricesAsOf = "2026-03";

const prices: Record<string, Price> = {
  "claude-opus-4-6": { input: 5, output: 25 },
  "claude-opus-4-5": { input: 5, output: 25 },
  "claude-opus-4-1": { input: 15, output: 75 },
  "claude-sonnet-4-6": { input: 3, output: 15 },
  "claude-sonnet-4-5": { input: 3, output: 15 },
  "claude-sonnet-4": { input: 3, output: 15 },
  "claude-haiku-4-5": { input: 1, output: 5 },
  "claude-3-5-haiku": { input: 0.8, output: 4 },
  "gpt-5": { input: 1.25, output: 10 },
  "gpt-5-mini": { input: 0.25, output: 2 },
  "gpt-5-nano": { input: 0.05, output: 0.4 },
  "gpt-4.1": { input: 2, output: 8 },
  "gpt-4.1-mini": { input: 0.4, output: 1.6 },
  "gpt-4.1-nano": { input: 0.1, output: 0.4 },
  "gpt-4o": { input: 2.5, output: 10 },
  "gpt-4o-mini": { input: 0.15, output: 0.6 },
};

/**
 * @param model as the caller named it; a date behind the name (`-20250929`, `-2025-04-14`) is ignored
 * @returns     US dollars, or null when the price is not known
 */
export function costOf(model: string, tokensIn: number, tokensOut: number): number | null {
  const price = prices[model.replace(/-\d{4}-?\d{2}-?\d{2}$/, "")];
  if (!price) return null;
  return Number(((tokensIn * price.input + tokensOut * price.output) / 1_000_000).toFixed(8));
}
