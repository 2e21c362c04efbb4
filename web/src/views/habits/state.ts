// The part of the view that stands in its address.

import { codecOf, flag, instant, oneOf, text } from '../../route/codec';

export const habitTabs = ['plate', 'find'] as const;

export const habitsCodec = codecOf({
  tab: oneOf(habitTabs, 'plate'),
  plate: text(),
  from: instant(),
  to: instant(),
  /** What vehicles are found by. */
  night: flag(false),
  frequent: flag(false),
  fresh: flag(false),
});
