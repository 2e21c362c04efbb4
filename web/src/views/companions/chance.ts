// A p-value as people say it.

/** How many strangers it takes, on average, until one has met as often: 0.002 → 500. */
export function onceIn(pValue: number): number {
  if (pValue <= 0) return Infinity;
  const times = 1 / Math.min(pValue, 1);
  // Two figures are all that the model is good for.
  const size = 10 ** Math.max(0, Math.floor(Math.log10(times)) - 1);
  return Math.round(times / size) * size;
}

/** Beyond it the number says nothing more. */
export const kMostTimes = 1e12;

/** Lengths of two bars, as shares of the longer one. */
export function barsOf(seen: number, expected: number): { seen: number; expected: number } {
  const most = Math.max(seen, expected, Number.MIN_VALUE);
  return { seen: seen / most, expected: expected / most };
}
