// Which reading is whose, and the tracks that come of it.

import type { Conflict, ConflictVehicle, Evidence } from '../../api/conflicts';
import type { TrajectoryAnswer } from '../../api/trajectory';
import type { AttributeValue, Position, Timestamp } from '../../api/types';
import { inOrder } from '../../filter/looks';
import { markOf, type MapMarker, type MapTrack } from '../../map/types';

/** A reading with its place, or without one. */
export interface PlacedReading {
  id: string;
  time: Timestamp;
  cameraId: string;
  place: Position | null;
}

/**
 * The conflict with its vehicles in the order in which they were first seen: which one is held to be
 * genuine must not change their numbers and colours. The ids of readings sort by time.
 */
export function inOrderSeen(conflict: Conflict): Conflict {
  const first = ({ sightings }: ConflictVehicle) => sightings[0] ?? '';
  return {
    ...conflict,
    vehicles: [...conflict.vehicles].sort((a, b) => (first(a) < first(b) ? -1 : 1)),
  };
}

/** The readings of the plate, in time order. */
export function readingsOf(answer: TrajectoryAnswer): PlacedReading[] {
  return answer.features.flatMap(({ geometry, properties }) => {
    if (geometry?.type === 'LineString' || !('id' in properties)) return [];
    const [lon, lat] = geometry?.coordinates ?? [];
    return {
      id: properties.id,
      time: properties.time,
      cameraId: properties.camera_id,
      place: lon === undefined || lat === undefined ? null : { lon, lat },
    };
  });
}

/** Index of the vehicle that each reading is of; readings of none are left out. */
export function ownersOf(conflict: Conflict): Map<string, number> {
  const owners = new Map<string, number>();
  conflict.vehicles.forEach(({ sightings }, index) => {
    for (const id of sightings) owners.set(id, index);
  });
  return owners;
}

// More marks than these hide the streets.
const kMostMarks = 150;

/** A track for each vehicle; the second one and those behind it dashed. */
export function tracksOf(conflict: Conflict, readings: readonly PlacedReading[]): MapTrack[] {
  const owners = ownersOf(conflict);
  return conflict.vehicles.map((_, index) => {
    const points = readings.flatMap(({ id, place }) =>
      place !== null && owners.get(id) === index ? [{ id, ...place }] : [],
    );
    return {
      id: `vehicle-${index}`,
      ...markOf(index),
      dashed: index > 0,
      points,
      lineOnly: points.length > kMostMarks,
    };
  });
}

/** The two readings of a pair, each with the mark of its vehicle. */
export function markersOf(
  conflict: Conflict,
  pair: Evidence | undefined,
  labelOf: (end: 'a' | 'b') => string,
): MapMarker[] {
  if (pair === undefined) return [];
  const owners = ownersOf(conflict);
  return (['a', 'b'] as const).flatMap((end, at) => {
    const { id, location } = pair[end];
    if (location === undefined) return [];
    return { id, ...location, ...markOf(owners.get(id) ?? at), label: labelOf(end) };
  });
}

/** The window that holds all that was judged. */
export function spanOf(conflict: Conflict): { from: Timestamp; to: Timestamp } {
  const froms = conflict.windows.map(({ from }) => Date.parse(from));
  const tos = conflict.windows.map(({ to }) => Date.parse(to));
  const from = Math.min(Date.parse(conflict.first), ...froms);
  // The end of a window is not of it: the last reading is.
  const to = Math.max(Date.parse(conflict.last), ...tos) + 1;
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

export interface AttributeRow {
  name: string;
  /** Of each thing; undefined where it is not known. */
  values: (AttributeValue | undefined)[];
  differs: boolean;
}

/** What each of several things looks like, attribute by attribute. */
export function comparisonOf(
  looks: readonly Readonly<Record<string, AttributeValue>>[],
): AttributeRow[] {
  return inOrder(looks.flatMap((each) => Object.keys(each))).map((name) => {
    const values = looks.map((each) => each[name]);
    const known = new Set(values.filter((value) => value !== undefined).map(String));
    return { name, values, differs: known.size > 1 };
  });
}
