import type { ApiRequest, CallOptions } from './client';
import { call, queryString } from './client';
import { platePath } from './plates';
import type { Timestamp } from './types';

export type TrajectoryFormat = 'geojson' | 'mfjson' | 'gpx' | 'kml' | 'csv';

export interface TrajectoryWindow {
  from?: Timestamp | undefined;
  to?: Timestamp | undefined;
}

export interface TrajectoryReading {
  id: string;
  time: Timestamp;
  camera_id: string;
  plate_color?: string;
  plate_read?: string;
  /** Counts from 1. */
  trip: number;
}

export interface TrajectoryTrip {
  trip: number;
  from: Timestamp;
  to: Timestamp;
  length_m: number;
}

type Coordinates = [lon: number, lat: number];

/** In time order; behind the last reading of a trip with two placed readings or more its line. */
export type TrajectoryFeature =
  | { geometry: { type: 'Point'; coordinates: Coordinates } | null; properties: TrajectoryReading }
  | { geometry: { type: 'LineString'; coordinates: Coordinates[] }; properties: TrajectoryTrip };

export interface TrajectoryAnswer {
  features: TrajectoryFeature[];
  plate: string;
  as_of: number;
}

/** All readings of the window, without the members that a replay does not show. */
export function getTrajectory(plate: string, window: TrajectoryWindow, options?: CallOptions) {
  const query = queryString({ ...window, fields: 'time,camera_id,plate_color,plate_read' });
  return call<TrajectoryAnswer>(
    {
      method: 'GET',
      path: `${platePath(plate)}/trajectory${query}`,
      accept: 'application/geo+json',
    },
    options,
  );
}

const kMediaTypes: Record<TrajectoryFormat, string> = {
  geojson: 'application/geo+json',
  mfjson: 'application/mf+json',
  gpx: 'application/gpx+xml',
  kml: 'application/vnd.google-earth.kml+xml',
  csv: 'text/csv',
};

/** The whole of it, as a file. */
export function trajectoryRequest(
  plate: string,
  window: TrajectoryWindow,
  format: TrajectoryFormat,
): ApiRequest {
  return {
    method: 'GET',
    path: `${platePath(plate)}/trajectory${queryString({ ...window, format })}`,
    accept: kMediaTypes[format],
  };
}
