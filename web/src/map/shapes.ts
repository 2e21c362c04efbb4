// Geometry of what is drawn: circles as polygons, rings for the API, bounds.

import type { Polygon } from 'geojson';
import type { Filter, Position } from '../api/types';
import type { DrawnShape } from './types';

/** The sphere of the API's `near`. */
const kEarthRadiusM = 6_371_008.8;
const kRadians = Math.PI / 180;

/** Great-circle distance in metres. */
export function distanceM(a: Position, b: Position): number {
  const dLat = (b.lat - a.lat) * kRadians;
  const dLon = (b.lon - a.lon) * kRadians;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.lat * kRadians) * Math.cos(b.lat * kRadians) * Math.sin(dLon / 2) ** 2;
  return 2 * kEarthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** A ring of positions around a centre; closed. */
export function circleRing(
  center: Position,
  radiusM: number,
  steps = 64,
): [lon: number, lat: number][] {
  const angle = radiusM / kEarthRadiusM;
  const lat = center.lat * kRadians;
  return Array.from({ length: steps + 1 }, (_, step) => {
    const bearing = ((step % steps) / steps) * 2 * Math.PI;
    const sinLat =
      Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing);
    const dLon = Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(lat),
      Math.cos(angle) - Math.sin(lat) * sinLat,
    );
    return [center.lon + dLon / kRadians, Math.asin(sinLat) / kRadians];
  });
}

/** The outline of a shape; closed. */
export function ringOf(shape: DrawnShape): [lon: number, lat: number][] {
  if (shape.kind === 'circle') return circleRing(shape, shape.radius_m);
  const first = shape.ring[0];
  return first === undefined ? [] : [...shape.ring, first];
}

/** The members of the API's filter that say the same. */
export function filterOf(shape: DrawnShape | null): Pick<Filter, 'area' | 'near'> {
  if (shape === null) return {};
  if (shape.kind === 'circle') {
    return { near: { lon: shape.lon, lat: shape.lat, radius_m: shape.radius_m } };
  }
  const area: Polygon = { type: 'Polygon', coordinates: [ringOf(shape)] };
  return { area };
}

/** [west, south, east, north], or null where there is nothing. */
export function boundsOf(positions: Iterable<Position>): [number, number, number, number] | null {
  let bounds: [number, number, number, number] | null = null;
  for (const { lon, lat } of positions) {
    if (bounds === null) bounds = [lon, lat, lon, lat];
    bounds[0] = Math.min(bounds[0], lon);
    bounds[1] = Math.min(bounds[1], lat);
    bounds[2] = Math.max(bounds[2], lon);
    bounds[3] = Math.max(bounds[3], lat);
  }
  return bounds;
}
