// The geometry of the timeline: a window in time over a width in pixels.

import type { Interval } from './clock';

const kLeastMs = 10_000;

/** A window `factor` times as wide, with `at` where it was, within the extent. */
export function zoomed(view: Interval, factor: number, at: number, extent: Interval): Interval {
  const whole = extent[1] - extent[0];
  const width = Math.min(Math.max((view[1] - view[0]) * factor, kLeastMs), whole);
  const share = (at - view[0]) / Math.max(1, view[1] - view[0]);
  return within([at - share * width, at + (1 - share) * width], extent);
}

/** Moved, not cut, so that it lies within the extent. */
export function within(view: Interval, extent: Interval): Interval {
  const width = Math.min(view[1] - view[0], extent[1] - extent[0]);
  const from = Math.min(Math.max(view[0], extent[0]), extent[1] - width);
  return [from, from + width];
}

/** The window in which a span takes a third of the width. */
export function around(span: Interval, extent: Interval): Interval {
  const width = Math.max((span[1] - span[0]) * 3, 300_000);
  const middle = (span[0] + span[1]) / 2;
  return within([middle - width / 2, middle + width / 2], extent);
}

/** The window moved so that `time` is in it; the same window where it is already. */
export function following(view: Interval, time: number, extent: Interval): Interval {
  if (time >= view[0] && time <= view[1]) return view;
  const width = view[1] - view[0];
  return within([time - width * 0.1, time + width * 0.9], extent);
}

const kMinute = 60_000;
const kHour = 60 * kMinute;
const kDay = 24 * kHour;
const kSteps = [
  1000,
  5000,
  15_000,
  30_000,
  kMinute,
  2 * kMinute,
  5 * kMinute,
  10 * kMinute,
  30 * kMinute,
  kHour,
  2 * kHour,
  3 * kHour,
  6 * kHour,
  12 * kHour,
  kDay,
  2 * kDay,
  7 * kDay,
  14 * kDay,
  28 * kDay,
  91 * kDay,
  364 * kDay,
];

export interface Tick {
  time: number;
  /** At a local midnight. */
  isDay: boolean;
}

/**
 * Where the axis bears a label: at round local times, at most `most` of them. `offsetAt` is how far
 * the local clock is ahead of UTC, in milliseconds.
 */
export function ticksOf(
  [from, to]: Interval,
  most: number,
  offsetAt: (ms: number) => number,
): Tick[] {
  const step = kSteps.find((size) => (to - from) / size <= most) ?? (to - from) / Math.max(1, most);
  const ticks: Tick[] = [];
  let local = Math.ceil((from + offsetAt(from)) / step) * step;
  for (; ; local += step) {
    // The offset a step before is that of the tick, but for the tick right behind a change.
    const guess = local - offsetAt(local - offsetAt(from));
    const time = local - offsetAt(guess);
    if (time > to) return ticks;
    if (time >= from) ticks.push({ time, isDay: local % kDay === 0 });
  }
}
