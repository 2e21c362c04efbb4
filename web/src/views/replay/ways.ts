// The ways of the vehicles as the map's lines: one for each trip, so that nothing joins two trips.

import type { MapTrack, TrackPoint } from '../../map/types';
import type { LoadedVehicle } from './tracks.svelte';

/** Beyond it marks at every reading would hide the map. */
const kMostMarks = 400;

/** `trips` has the trip of each vehicle that is wanted alone; null: all of them. */
export function waysOf(
  vehicles: readonly LoadedVehicle[],
  trips: readonly number[] | null,
): MapTrack[] {
  const points = vehicles.map(({ track }, index) => {
    const wanted = trips?.[index];
    const byTrip = new Map<number, TrackPoint[]>();
    for (const { id, trip, place } of track.placed) {
      if (place === null || (wanted !== undefined && trip !== wanted)) continue;
      const list = byTrip.get(trip);
      if (list === undefined) byTrip.set(trip, [{ id, ...place }]);
      else list.push({ id, ...place });
    }
    return byTrip;
  });
  let count = 0;
  for (const byTrip of points) for (const list of byTrip.values()) count += list.length;
  return vehicles.flatMap(({ plate, color, shape, dashed }, index) =>
    [...(points[index] ?? [])].map(([trip, list]) => ({
      id: `${plate}/${trip}`,
      color,
      shape,
      dashed,
      points: list,
      lineOnly: count > kMostMarks,
    })),
  );
}
