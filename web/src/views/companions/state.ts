// The part of the view that stands in its address.

import { codecOf, instant, number, oneOf, text } from '../../route/codec';

export const companionTabs = ['plate', 'groups'] as const;

export const companionsCodec = codecOf({
  tab: oneOf(companionTabs, 'plate'),
  plate: text(),
  from: instant(),
  to: instant(),
  /** Seconds between the two at one camera; 0: the server's own choice. */
  within: number(0, { min: 0, max: 3600 }),
  cameras: number(0, { min: 0, max: 100 }),
  /** The companion that is looked at. */
  other: text(),
});
