// Trips from place to place, and how long one camera to the next takes.

import { call, type ApiRequest, type CallOptions } from './client';
import type { Timestamp } from './types';

export interface FlowsRow {
  /** A camera; null: in no zone. */
  origin: string | null;
  destination: string | null;
  trips: number;
  distinct_plates: number;
  median_s: number;
}

export interface FlowsAnswer {
  rows: FlowsRow[];
  trips: number;
  trips_too_short: number;
  min_readings: number;
  tz: string;
  as_of: number;
}

export interface SpeedsRow {
  from_camera: string;
  to_camera: string;
  count: number;
  distance_m: number;
  p15_s: number;
  median_s: number;
  p85_s: number;
  p15_kmh: number | null;
  median_kmh: number | null;
  p85_kmh: number | null;
}

export interface SpeedsAnswer {
  rows: SpeedsRow[];
  min_count: number;
  tz: string;
  as_of: number;
}

interface Window {
  from: Timestamp;
  to: Timestamp;
}

export function flowsRequest(window: Window): ApiRequest {
  return { method: 'POST', path: '/v1/stats/origin-destination', body: window };
}

export function speedsRequest(window: Window): ApiRequest {
  return { method: 'POST', path: '/v1/stats/segment-speeds', body: window };
}

export function getFlows(window: Window, options?: CallOptions) {
  return call<FlowsAnswer>(flowsRequest(window), options);
}

export function getSpeeds(window: Window, options?: CallOptions) {
  return call<SpeedsAnswer>(speedsRequest(window), options);
}
