// The way between two cameras, on the map.

import type { Camera } from '../../api/types';
import { markOf, type MapTrack } from '../../map/types';

export function wayOf(from: Camera | undefined, to: Camera | undefined): MapTrack[] {
  if (from?.location === undefined || to?.location === undefined) return [];
  const points = [from, to].map(({ id, name, location }) => ({
    id,
    lon: location?.lon ?? 0,
    lat: location?.lat ?? 0,
    label: name ?? id,
  }));
  return [{ id: 'way', ...markOf(1), points }];
}
