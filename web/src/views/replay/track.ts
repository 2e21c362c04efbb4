// A trajectory made ready for a replay: where the vehicle was, or may have been, at any moment.

import type { TrajectoryAnswer } from '../../api/trajectory';
import type { Position } from '../../api/types';
import { distanceM } from '../../map/shapes';

export interface Reading {
  id: string;
  /** Milliseconds since 1970. */
  time: number;
  cameraId: string;
  /** Where the camera read it so and it was corrected, or is a misreading. */
  plateRead: string | undefined;
  /** Counts from 1. */
  trip: number;
  place: Position | null;
}

export interface Trip {
  number: number;
  from: number;
  to: number;
  readings: number;
  /** Along straight lines between the cameras. */
  lengthM: number;
}

export interface Track {
  plate: string;
  plateColor: string | undefined;
  /** In time order, as trips are. */
  readings: Reading[];
  trips: Trip[];
  /** Those of the readings that have a place; the arrays below have an entry for each of these. */
  placed: Reading[];
  /** Since the first reading, in order. */
  seconds: Float64Array;
  lons: Float64Array;
  lats: Float64Array;
  tripOf: Int32Array;
  /** Milliseconds since 1970 of the first reading; 0 without one. */
  start: number;
  end: number;
}

/**
 * driving: between two readings of one trip, and the position is interpolated. resting: between two
 * trips, where nobody saw it; the position is that of the last reading.
 */
export type Whereabouts =
  | { state: 'driving'; place: Position; last: number; next: number }
  | { state: 'resting'; place: Position; last: number }
  | { state: 'before' }
  | { state: 'after'; place: Position; last: number };

export function trackOf(answer: TrajectoryAnswer): Track {
  const readings: Reading[] = [];
  const trips = new Map<number, Trip>();
  let plateColor: string | undefined;
  for (const { geometry, properties } of answer.features) {
    if ('length_m' in properties) continue;
    const time = Date.parse(properties.time);
    const { id, camera_id: cameraId, trip: number } = properties;
    plateColor ??= properties.plate_color;
    const place =
      geometry?.type === 'Point'
        ? { lon: geometry.coordinates[0], lat: geometry.coordinates[1] }
        : null;
    readings.push({ id, time, cameraId, plateRead: properties.plate_read, trip: number, place });
    const trip = trips.get(number);
    if (trip === undefined)
      trips.set(number, { number, from: time, to: time, readings: 1, lengthM: 0 });
    else {
      trip.to = time;
      ++trip.readings;
    }
  }
  const start = readings[0]?.time ?? 0;
  const placed = readings.filter((reading) => reading.place !== null);
  placed.forEach(({ trip, place }, at) => {
    const before = placed[at - 1];
    const into = trips.get(trip);
    if (before?.trip !== trip || into === undefined) return;
    into.lengthM += distanceM(before.place as Position, place as Position);
  });
  return {
    plate: answer.plate,
    plateColor,
    readings,
    trips: [...trips.values()],
    placed,
    seconds: Float64Array.from(placed, ({ time }) => (time - start) / 1000),
    lons: Float64Array.from(placed, ({ place }) => (place as Position).lon),
    lats: Float64Array.from(placed, ({ place }) => (place as Position).lat),
    tripOf: Int32Array.from(placed, ({ trip }) => trip),
    start,
    end: readings.at(-1)?.time ?? 0,
  };
}

/** How many of the sorted numbers are at most `value`. */
export function countUpTo(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function placeAt(track: Track, index: number): Position {
  return { lon: track.lons[index] as number, lat: track.lats[index] as number };
}

/** `last` and `next` are indices into the placed readings. */
export function whereaboutsAt(track: Track, ms: number): Whereabouts {
  const second = (ms - track.start) / 1000;
  const last = countUpTo(track.seconds, second) - 1;
  if (last < 0) return { state: 'before' };
  const next = last + 1;
  const here = placeAt(track, last);
  if (next === track.seconds.length) return { state: 'after', place: here, last };
  if (track.tripOf[next] !== track.tripOf[last]) return { state: 'resting', place: here, last };
  const from = track.seconds[last] as number;
  const share = (second - from) / ((track.seconds[next] as number) - from);
  const there = placeAt(track, next);
  return {
    state: 'driving',
    place: {
      lon: here.lon + (there.lon - here.lon) * share,
      lat: here.lat + (there.lat - here.lat) * share,
    },
    last,
    next,
  };
}

/** The way of the trip under way in the `tailS` seconds up to `ms`, oldest first, with its end. */
export function tailOf(track: Track, ms: number, tailS: number): Position[] {
  const now = whereaboutsAt(track, ms);
  if (now.state === 'before') return [];
  const second = (ms - track.start) / 1000;
  const trip = track.tripOf[now.last];
  const from = second - tailS;
  const tail = [now.place];
  for (let at = now.last; at >= 0 && track.tripOf[at] === trip; --at) {
    if ((track.seconds[at] as number) < from) {
      const start = whereaboutsAt(track, track.start + from * 1000);
      if (start.state === 'driving') tail.push(start.place);
      break;
    }
    tail.push(placeAt(track, at));
  }
  return tail.reverse();
}
