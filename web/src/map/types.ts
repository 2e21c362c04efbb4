// What views hand to CameraMap. Positions are WGS 84; the map shifts them where its tiles need it.

import type { Position } from '../api/types';

/** Shapes beside colours, since colours alone do not tell things apart for everybody. */
export const markShapes = ['circle', 'square', 'triangle', 'diamond', 'cross', 'star'] as const;
export type MarkShape = (typeof markShapes)[number];

/** Okabe and Ito's palette, which people with any colour vision tell apart; in the order of use. */
export const trackColors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

/** Colour and shape of the n-th track or vehicle. */
export function markOf(index: number): { color: string; shape: MarkShape } {
  return {
    color: trackColors[index % trackColors.length] as string,
    shape: markShapes[index % markShapes.length] as MarkShape,
  };
}

/** Drawn as one circle with a count where several are at one place. */
export interface MapSighting extends Position {
  id: string;
}

export interface MapTrack {
  id: string;
  color: string;
  shape: MarkShape;
  points: TrackPoint[];
  dashed?: boolean;
  /** Draws no marks at its points: for long ones. */
  lineOnly?: boolean;
}

export interface TrackPoint extends Position {
  id?: string;
  /** Beside the point, such as its number. */
  label?: string;
}

/** Something that moves or stands out: drawn above everything, with its label. */
export interface MapMarker extends Position {
  id: string;
  color: string;
  shape: MarkShape;
  label?: string;
}

export type DrawnShape =
  | { kind: 'polygon'; /** Not closed; at least 3. */ ring: [lon: number, lat: number][] }
  | { kind: 'circle'; lon: number; lat: number; radius_m: number };

export interface MapShape {
  id: string;
  shape: DrawnShape;
  label?: string;
  color?: string;
}

/** A number for a camera, drawn as a circle of its size: counts, speeds, homes. */
export interface MapValue extends Position {
  id: string;
  value: number;
  label?: string;
}

export interface MapPick {
  kind: 'camera' | 'sighting' | 'point' | 'marker' | 'value';
  id: string;
  /** Of a sighting: all that are at its place. */
  ids: string[];
}
