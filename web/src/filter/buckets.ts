// The intervals of a histogram over time: how wide, and what a pointer on it means.

import type { CountsRow, Filter } from '../api/types';

export type Interval = [from: number, to: number];
export type BucketKey = 'minute' | 'hour' | 'day' | 'week';

const kMinute = 60_000;
const kHour = 60 * kMinute;
const kDay = 24 * kHour;
/** Rows asked for at most, and bars that they are drawn as: more would be too narrow to hit. */
const kMostRows = 1600;
const kMostBars = 160;

export interface Bucket {
  from: number;
  to: number;
  count: number;
}

/** The narrowest interval that an extent can be shown by. */
export function bucketKeyOf([from, to]: Interval): BucketKey {
  const span = to - from;
  if (span <= kMostRows * kMinute) return 'minute';
  if (span <= kMostRows * kHour) return 'hour';
  if (span <= kMostRows * kDay) return 'day';
  return 'week';
}

/** The rows of a count by one interval of time, each up to where the next one starts. */
export function bucketsOf(
  rows: readonly CountsRow[],
  key: BucketKey,
  [from, to]: Interval,
): Bucket[] {
  const starts = rows.map((row) => Date.parse(String(row[key])));
  return rows.map((row, index) => ({
    from: Math.max(starts[index] as number, from),
    to: Math.min(starts[index + 1] ?? to, to),
    count: row.count,
  }));
}

/** How many rows go into one bar: steps that people count time in. */
const kSteps: Record<BucketKey, number[]> = {
  minute: [1, 2, 5, 10, 15],
  hour: [1, 2, 3, 6, 12, 24],
  day: [1, 2, 7, 14],
  week: [1, 2, 4, 13],
};

/** Fewer and wider ones, without losing a sighting; the last may be narrower. */
export function merged(buckets: readonly Bucket[], key: BucketKey): Bucket[] {
  const steps = kSteps[key];
  const step =
    steps.find((each) => buckets.length / each <= kMostBars) ??
    Math.ceil(buckets.length / kMostBars);
  const bars: Bucket[] = [];
  for (let at = 0; at < buckets.length; at += step) {
    const part = buckets.slice(at, at + step);
    const [first, last] = [part[0], part.at(-1)];
    if (first === undefined || last === undefined) continue;
    const count = part.reduce((sum, each) => sum + each.count, 0);
    bars.push({ from: first.from, to: last.to, count });
  }
  return bars;
}

/** From the first to the last that holds a sighting; null where none does. */
export function heldBy(buckets: readonly Bucket[]): Interval | null {
  const held = buckets.filter(({ count }) => count > 0);
  const [first, last] = [held[0], held.at(-1)];
  return first === undefined || last === undefined ? null : [first.from, last.to];
}

/** Every bucket that an interval touches, whole: what a brush over bars chooses. */
export function snapped(buckets: readonly Bucket[], [from, to]: Interval): Interval | null {
  const touched = buckets.filter((bucket) => bucket.to > from && bucket.from < to);
  const first = touched[0];
  const last = touched.at(-1);
  return first === undefined || last === undefined ? null : [first.from, last.to];
}

/** What is shown around a chosen window: the whole, unless the window would be a hair in it. */
export function extentAround(whole: Interval, chosen: Interval | null): Interval {
  if (chosen === null) return whole;
  const span = chosen[1] - chosen[0];
  const isSeen = span > (whole[1] - whole[0]) / 60;
  const overlaps = chosen[1] > whole[0] && chosen[0] < whole[1];
  if (isSeen && overlaps) {
    return [Math.min(whole[0], chosen[0]), Math.max(whole[1], chosen[1])];
  }
  return [chosen[0] - span * 2, chosen[1] + span * 2];
}

/** The filter for the bars: as asked, over the extent instead of the chosen window. */
export function overExtent(filter: Filter, [from, to]: Interval): Filter {
  return {
    ...filter,
    time: { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
  };
}
