// The part of a replay that stands in its address.

import { codecOf, flag, instant, list, number, oneOf } from '../../route/codec';

export const listTabs = ['trips', 'readings', 'meetings'] as const;

export const replayCodec = codecOf({
  plates: list(),
  from: instant(),
  to: instant(),
  /** The time that is shown; null: the first reading. */
  t: instant(),
  speed: number(60, { min: 1, max: 3600 }),
  skip: flag(true),
  follow: flag(false),
  ways: oneOf(['all', 'now'] as const, 'all'),
  tab: oneOf(listTabs, 'trips'),
  /** How near in time two pass one camera to have met, in seconds. */
  within: number(60, { min: 1, max: 3600 }),
});
