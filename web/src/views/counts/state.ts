// The part of the view that stands in its address.

import { filterFields, type FilterState } from '../../filter/state';
import { codecOf, number, oneOf, text } from '../../route/codec';

export const countsTabs = ['counts', 'flows', 'speeds'] as const;
export type CountsTab = (typeof countsTabs)[number];

/** What can be counted by without knowing which attributes there are. */
export const fixedKeys = ['hour', 'day', 'hour_of_day', 'weekday', 'camera_id'] as const;

/** Seconds; 0: only when asked to. */
export const refreshIntervals = [0, 10, 60, 300] as const;

export interface CountsState extends FilterState {
  tab: CountsTab;
  /** A key of the API: one of fixedKeys, `plate_color`, `attributes.NAME`; '': hours or days. */
  by: string;
  show: 'both' | 'count' | 'distinct_plates';
  refresh: number;
  panel: 'numbers' | 'filters';
}

export const countsCodec = codecOf<CountsState>({
  ...filterFields(),
  tab: oneOf<CountsTab>(countsTabs, 'counts'),
  by: text(),
  show: oneOf(['both', 'count', 'distinct_plates'] as const, 'both'),
  refresh: number(0, { min: 0, max: 86_400 }),
  panel: oneOf(['numbers', 'filters'] as const, 'numbers'),
});

export function isTimeKey(by: string): by is 'hour' | 'day' {
  return by === 'hour' || by === 'day';
}

const kMostHours = 31 * 24;

/** Hours, where they are few enough to be looked at. */
export function timeKeyOf(from: number, to: number): 'hour' | 'day' {
  return (to - from) / 3_600_000 <= kMostHours ? 'hour' : 'day';
}
