// The matrix of trips: the busiest cameras alone, since all of them would be millions of cells.

import type { FlowsRow, SpeedsRow } from '../../api/flows';

export interface Matrix {
  /** Ids; the same in rows and columns. */
  cameras: string[];
  /** By row, then column; 0 where no trip was seen. */
  trips: number[][];
  most: number;
}

export function matrixOf(rows: readonly FlowsRow[], size: number): Matrix {
  const busy = new Map<string, number>();
  for (const { origin, destination, trips } of rows) {
    for (const camera of [origin, destination]) {
      if (camera !== null) busy.set(camera, (busy.get(camera) ?? 0) + trips);
    }
  }
  const cameras = [...busy]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, size)
    .map(([camera]) => camera);
  const at = new Map(cameras.map((camera, index) => [camera, index]));
  const trips = cameras.map(() => cameras.map(() => 0));
  let most = 0;
  for (const row of rows) {
    const from = row.origin === null ? undefined : at.get(row.origin);
    const to = row.destination === null ? undefined : at.get(row.destination);
    if (from === undefined || to === undefined) continue;
    (trips[from] as number[])[to] = row.trips;
    most = Math.max(most, row.trips);
  }
  return { cameras, trips, most };
}

export type SpeedOrder = 'often' | 'slow' | 'fast';

export function inSpeedOrder(rows: readonly SpeedsRow[], order: SpeedOrder): SpeedsRow[] {
  // A way without a length has no speed, and comes last.
  const speed = (row: SpeedsRow, unknown: number) => row.median_kmh ?? unknown;
  return [...rows].sort((a, b) => {
    if (order === 'slow') return speed(a, Infinity) - speed(b, Infinity) || b.count - a.count;
    if (order === 'fast') return speed(b, -Infinity) - speed(a, -Infinity) || b.count - a.count;
    return b.count - a.count;
  });
}

const kDayMs = 86_400_000;
/** What a person looks at; the server would read every plate of more. */
export const kMostDays = 31;

export function isTooLong(from: number, to: number): boolean {
  return to - from > kMostDays * kDayMs;
}
