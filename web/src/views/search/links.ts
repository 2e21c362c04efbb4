// Where a sighting leads on to.

import type { Sighting } from '../../api/types';
import { emptyFilter } from '../../filter/state';
import { href } from '../../route/route.svelte';
import { searchCodec } from './state';

/** What another vehicle that was there "at the same time" may be off. */
const kNearbyMs = 5 * 60_000;

export function searchHref(change: Partial<ReturnType<typeof searchCodec.decode>>): string {
  const blank = { ...searchCodec.decode(new URLSearchParams()), ...emptyFilter };
  return href('search', searchCodec.encode({ ...blank, ...change }));
}

export function nearbyHref(sighting: Sighting): string {
  const ms = Date.parse(sighting.time);
  return searchHref({
    cameras: [sighting.camera_id],
    from: ms - kNearbyMs,
    to: ms + kNearbyMs,
    order: 'time_asc',
  });
}
