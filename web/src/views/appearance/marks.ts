// The marks of the two that are compared, on the map and beside their names.

import { trackColors, type MarkShape } from '../../map/types';

interface NamedMark {
  color: string;
  shape: MarkShape;
}

export const exampleMark: NamedMark = { color: trackColors[0] as string, shape: 'star' };
export const matchMark: NamedMark = { color: trackColors[1] as string, shape: 'diamond' };
