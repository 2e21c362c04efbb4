// What views hand over, as the GeoJSON that the layers draw. `shift` is the datum of the tiles.

import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { Camera } from '../api/types';
import type { LonLat } from './gcj02';
import { markName } from './marks';
import { ringOf } from './shapes';
import type { MapMarker, MapSighting, MapShape, MapTrack, MapValue } from './types';

export type Shift = (lon: number, lat: number) => LonLat;

function collection(features: Feature[]): FeatureCollection {
  return { type: 'FeatureCollection', features };
}

function feature(geometry: Geometry, properties: Record<string, unknown>): Feature {
  return { type: 'Feature', geometry, properties };
}

function point(at: { lon: number; lat: number }, shift: Shift): Geometry {
  return { type: 'Point', coordinates: shift(at.lon, at.lat) };
}

export function cameraFeatures(
  cameras: readonly Camera[],
  chosen: ReadonlySet<string>,
  shift: Shift,
): FeatureCollection {
  return collection(
    cameras.flatMap(({ id, name, location }) =>
      location === undefined
        ? []
        : [feature(point(location, shift), { id, name: name ?? id, chosen: chosen.has(id) })],
    ),
  );
}

/** One feature a place, with how many are there; `chosen` where one of them is. */
export function sightingFeatures(
  sightings: readonly MapSighting[],
  chosen: string | null,
  shift: Shift,
): FeatureCollection {
  const places = new Map<string, { at: MapSighting; ids: string[] }>();
  for (const sighting of sightings) {
    const key = `${sighting.lon},${sighting.lat}`;
    const place = places.get(key);
    if (place === undefined) places.set(key, { at: sighting, ids: [sighting.id] });
    else place.ids.push(sighting.id);
  }
  const most = Math.max(1, ...[...places.values()].map(({ ids }) => ids.length));
  return collection(
    [...places.values()].map(({ at, ids }) =>
      feature(point(at, shift), {
        id: ids[0],
        ids: JSON.stringify(ids),
        count: ids.length,
        label: String(ids.length),
        share: (ids.length - 1) / Math.max(1, most - 1),
        chosen: chosen !== null && ids.includes(chosen),
      }),
    ),
  );
}

export function lineFeatures(tracks: readonly MapTrack[], shift: Shift): FeatureCollection {
  return collection(
    tracks
      .filter(({ points }) => points.length > 1)
      .map(({ id, color, dashed, points }) =>
        feature(
          { type: 'LineString', coordinates: points.map(({ lon, lat }) => shift(lon, lat)) },
          { id, color, dashed: dashed === true },
        ),
      ),
  );
}

export function pointFeatures(tracks: readonly MapTrack[], shift: Shift): FeatureCollection {
  return collection(
    tracks
      .filter(({ lineOnly }) => lineOnly !== true)
      .flatMap(({ id, color, shape, points }) =>
        points.map((at) =>
          feature(point(at, shift), {
            id: at.id ?? id,
            label: at.label ?? '',
            mark: markName(shape, color),
          }),
        ),
      ),
  );
}

export function markerFeatures(markers: readonly MapMarker[], shift: Shift): FeatureCollection {
  return collection(
    markers.map((marker) =>
      feature(point(marker, shift), {
        id: marker.id,
        label: marker.label ?? '',
        mark: markName(marker.shape, marker.color),
      }),
    ),
  );
}

export function valueFeatures(
  values: readonly MapValue[],
  chosen: ReadonlySet<string>,
  shift: Shift,
): FeatureCollection {
  const most = Math.max(...values.map(({ value }) => value), Number.MIN_VALUE);
  return collection(
    values.map((value) =>
      feature(point(value, shift), {
        id: value.id,
        label: value.label ?? '',
        share: Math.max(0, value.value / most),
        chosen: chosen.has(value.id),
      }),
    ),
  );
}

export function shapeFeatures(
  shapes: readonly MapShape[],
  corners: readonly LonLat[],
  shift: Shift,
): FeatureCollection {
  const areas = shapes.map(({ id, shape, color }) =>
    feature(
      { type: 'Polygon', coordinates: [ringOf(shape).map(([lon, lat]) => shift(lon, lat))] },
      { id, ...(color === undefined ? {} : { color }) },
    ),
  );
  const line =
    corners.length > 1
      ? [
          feature(
            { type: 'LineString', coordinates: corners.map(([lon, lat]) => shift(lon, lat)) },
            {},
          ),
        ]
      : [];
  const ends = corners.map(([lon, lat]) => feature(point({ lon, lat }, shift), {}));
  return collection([...areas, ...line, ...ends]);
}
