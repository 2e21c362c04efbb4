// Who was at several scenes.

import { call, type ApiRequest, type CallOptions } from './client';
import type { Filter, Timestamp } from './types';

export interface SceneSighting {
  /** Index of the scene. */
  visit: number;
  id: string;
  camera_id: string;
  time: Timestamp;
  /** Where it was read as another plate. */
  read_as?: string;
}

/** A string one character apart that counts as the plate. */
export interface MergedPlate {
  read_as: string;
  visited: number[];
  readings: number;
  plate_readings: number;
  agrees_in: Record<string, string | number | boolean>;
}

export interface CommonPlate {
  plate: string;
  visits: number;
  visited: number[];
  /** Scenes that it would be at by chance, given its habits. */
  expected: number;
  chances: number[];
  p_value: number;
  q_value: number;
  significant: boolean;
  background_readings: number;
  evidence: SceneSighting[];
  merged: MergedPlate[];
}

export interface CommonQuestion {
  visits: { filter: Filter }[];
  min_visits?: number;
  merge_misreads?: boolean;
  tz?: string;
  limit?: number;
  page_token?: string;
}

export interface CommonAnswer {
  plates: CommonPlate[];
  found: number;
  candidates: number;
  visit_readings: number[];
  thresholds: { min_visits: number; false_discovery_rate: number; background_days: number };
  next_page_token?: string;
  as_of: number;
}

export function commonRequest(question: CommonQuestion): ApiRequest {
  return { method: 'POST', path: '/v1/analyses/common-plates', body: question };
}

export function findCommon(question: CommonQuestion, options?: CallOptions) {
  return call<CommonAnswer>(commonRequest(question), options);
}
