import { describe, expect, it } from 'vitest';
import type { SpeedsRow } from '../../api/flows';
import { inSpeedOrder, isTooLong, matrixOf } from './flows';

const flow = (origin: string | null, destination: string | null, trips: number) => ({
  origin,
  destination,
  trips,
  distinct_plates: 1,
  median_s: 60,
});
const speed = (from_camera: string, median_kmh: number | null, count: number) =>
  ({ from_camera, median_kmh, count }) as SpeedsRow;

describe('trips', () => {
  it('keeps the busiest cameras, with nothing for pairs without trips', () => {
    const rows = [flow('A', 'B', 5), flow('B', 'A', 2), flow('C', 'A', 1), flow(null, 'C', 90)];
    expect(matrixOf(rows, 2)).toEqual({
      cameras: ['C', 'A'],
      trips: [
        [0, 1],
        [0, 0],
      ],
      most: 1,
    });
    expect(matrixOf(rows, 3).trips[1]).toEqual([1, 0, 0].map((_, i) => [0, 0, 5][i]));
  });

  it('is empty where there are none', () => {
    expect(matrixOf([], 5)).toEqual({ cameras: [], trips: [], most: 0 });
  });

  it('puts ways without a speed last, both ways', () => {
    const rows = [speed('A', null, 9), speed('B', 20, 1), speed('C', 60, 2)];
    const order = (by: 'often' | 'slow' | 'fast') =>
      inSpeedOrder(rows, by).map((row) => row.from_camera);
    expect(order('slow')).toEqual(['B', 'C', 'A']);
    expect(order('fast')).toEqual(['C', 'B', 'A']);
    expect(order('often')).toEqual(['A', 'C', 'B']);
  });

  it('refuses more than a month', () => {
    expect(isTooLong(0, 31 * 86_400_000)).toBe(false);
    expect(isTooLong(0, 31 * 86_400_000 + 1)).toBe(true);
  });
});
