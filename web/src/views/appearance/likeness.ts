// How alike two sightings are, in words and in what differs.

import type { AttributeValue, Sighting, Space } from '../../api/types';
import { inOrder } from '../../filter/looks';

export const bands = ['certain', 'likely', 'maybe', 'unlikely', 'hardly'] as const;
export type Band = (typeof bands)[number];

/** By the probability that it is the same vehicle. */
export function bandOf(similarity: number): Band {
  if (similarity >= 0.95) return 'certain';
  if (similarity >= 0.7) return 'likely';
  if (similarity >= 0.3) return 'maybe';
  if (similarity >= 0.05) return 'unlikely';
  return 'hardly';
}

/** The probability at a distance, by a space's curve; null where there is none. */
export function similarityAt(curve: Space['similarity']['curve'], distance: number): number | null {
  const first = curve?.[0];
  const last = curve?.at(-1);
  if (curve === undefined || first === undefined || last === undefined) return null;
  if (distance <= first.distance) return first.similarity;
  for (let at = 1; at < curve.length; ++at) {
    const [a, b] = [curve[at - 1], curve[at]];
    if (a === undefined || b === undefined || distance > b.distance) continue;
    const share = (distance - a.distance) / Math.max(b.distance - a.distance, Number.EPSILON);
    return a.similarity + share * (b.similarity - a.similarity);
  }
  return last.similarity;
}

export interface Trait {
  name: string;
  a: AttributeValue | undefined;
  b: AttributeValue | undefined;
  verdict: 'same' | 'differs' | 'unknown';
}

/** Attribute by attribute; what differs stands first. */
export function traitsOf(a: Sighting, b: Sighting): Trait[] {
  const of = (sighting: Sighting) => sighting.attributes ?? {};
  const traits = inOrder([...Object.keys(of(a)), ...Object.keys(of(b))]).map((name): Trait => {
    const [x, y] = [of(a)[name], of(b)[name]];
    const verdict = x === undefined || y === undefined ? 'unknown' : x === y ? 'same' : 'differs';
    return { name, a: x, b: y, verdict };
  });
  const rank = { differs: 0, unknown: 1, same: 2 };
  return traits.sort((x, y) => rank[x.verdict] - rank[y.verdict]);
}
