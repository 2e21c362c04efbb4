// The part of the view that stands in its address.

import { conflictKinds, conflictStatuses } from '../../api/conflicts';
import { codecOf, instant, number, oneOf, text } from '../../route/codec';

export const cloneTabs = ['conflicts', 'sweeps'] as const;

export const clonesCodec = codecOf({
  tab: oneOf(cloneTabs, 'conflicts'),
  /** The conflict that is looked at; '': the list. */
  id: text(),
  /** Which pair of its readings. */
  pair: number(0, { min: 0, max: 9999 }),
  kind: oneOf(['', ...conflictKinds] as const, ''),
  status: oneOf(['', ...conflictStatuses] as const, ''),
  plate: text(),
  from: instant(),
  to: instant(),
});
