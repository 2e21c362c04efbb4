import { expect, it } from 'vitest';
import type { CountsRow } from '../api/types';
import {
  bucketKeyOf,
  bucketsOf,
  extentAround,
  heldBy,
  merged,
  overExtent,
  snapped,
  type Interval,
} from './buckets';

const kHour = 3_600_000;

it.each([
  [2 * kHour, 'minute'],
  [48 * kHour, 'hour'],
  [90 * 24 * kHour, 'day'],
  [5 * 365 * 24 * kHour, 'week'],
] as const)('%d ms are shown by the %s', (span, key) => {
  expect(bucketKeyOf([1e12, 1e12 + span])).toBe(key);
});

it('a bar goes up to where the next one starts, and no further than what is shown', () => {
  const row = (hour: string, count: number): CountsRow =>
    ({ hour, count, distinct_plates: count }) as unknown as CountsRow;
  const rows = [row('1970-01-01T00:00:00Z', 1), row('1970-01-01T01:00:00Z', 2)];
  const extent: Interval = [kHour / 2, kHour + 10];
  expect(bucketsOf(rows, 'hour', extent)).toEqual([
    { from: kHour / 2, to: kHour, count: 1 },
    { from: kHour, to: kHour + 10, count: 2 },
  ]);
});

it('a brush chooses whole bars', () => {
  const buckets = [0, 10, 20].map((from) => ({ from, to: from + 10, count: 0 }));
  expect(snapped(buckets, [12, 13])).toEqual([10, 20]);
  expect(snapped(buckets, [9, 21])).toEqual([0, 30]);
  expect(snapped(buckets, [10, 20])).toEqual([10, 20]);
  expect(snapped(buckets, [40, 50])).toBeNull();
});

it('a window too narrow to be seen is shown with what is around it', () => {
  expect(extentAround([0, 6000], null)).toEqual([0, 6000]);
  expect(extentAround([0, 6000], [1000, 3000])).toEqual([0, 6000]);
  expect(extentAround([0, 6000], [1000, 1010])).toEqual([980, 1030]);
  expect(extentAround([0, 6000], [9000, 9900])).toEqual([7200, 11700]);
});

it('the bars keep all other filters', () => {
  const filter = { plate: 'A', time: { from: 'x' } };
  expect(overExtent(filter, [0, kHour])).toEqual({
    plate: 'A',
    time: { from: '1970-01-01T00:00:00.000Z', to: '1970-01-01T01:00:00.000Z' },
  });
});

it('many rows become fewer bars that hold the same sightings', () => {
  const hours = Array.from({ length: 500 }, (_, at) => ({
    from: at * kHour,
    to: (at + 1) * kHour,
    count: at,
  }));
  const bars = merged(hours, 'hour');
  expect(bars).toHaveLength(84);
  expect(bars[0]).toEqual({ from: 0, to: 6 * kHour, count: 15 });
  expect(bars.at(-1)).toEqual({ from: 498 * kHour, to: 500 * kHour, count: 498 + 499 });
  expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe((499 * 500) / 2);
  expect(merged(hours.slice(0, 100), 'hour')).toEqual(hours.slice(0, 100));
  expect(merged([], 'day')).toEqual([]);
});

it('knows from when to when there is anything', () => {
  const buckets = [0, 3, 0, 2, 0].map((count, at) => ({ from: at, to: at + 1, count }));
  expect(heldBy(buckets)).toEqual([1, 4]);
  expect(heldBy(buckets.slice(0, 1))).toBeNull();
});
