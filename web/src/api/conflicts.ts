import { call, queryString, type CallOptions } from './client';
import type { AttributeValue, Job, Position, Sighting, Timestamp } from './types';

export const conflictKinds = ['cloned', 'misread', 'clock', 'position'] as const;
export type ConflictKind = (typeof conflictKinds)[number];
export const conflictStatuses = ['open', 'confirmed', 'dismissed'] as const;
export type ConflictStatus = (typeof conflictStatuses)[number];

/** A sighting, as far as it is still stored: of one that is gone, the id is left. */
export type ConflictSighting = Pick<Sighting, 'id'> & Partial<Sighting> & { gone?: true };

/** Two readings that no single vehicle can have made. */
export interface Evidence {
  a: ConflictSighting;
  b: ConflictSighting;
  distance_m: number;
  gap_s: number;
  /** null: at one moment. */
  required_kmh: number | null;
  fastest_s: number;
}

export interface ConflictVehicle {
  /** Ids, in time order. */
  sightings: string[];
  appearance: Record<string, AttributeValue>;
  home: Position | null;
  likely_genuine: boolean;
  reasons: string[];
}

export interface Verdict {
  status: ConflictStatus;
  note: string;
  at: Timestamp;
  by: { id: string; name: string };
  kind: string;
  kind_changed: boolean;
  evidence_since: boolean;
  vehicles: { sighting_id: string; genuine: boolean }[];
}

export interface Conflict {
  id: string;
  plate: string;
  kind: ConflictKind;
  probabilities: Record<ConflictKind, number>;
  confidence: number;
  status: ConflictStatus;
  reasons: string[];
  first: Timestamp;
  last: Timestamp;
  evidence: Evidence[];
  vehicles: ConflictVehicle[];
  foreign: { sighting_id: string; probable_plate?: string }[];
  verdict?: Verdict;
  last_fake?: { sighting_id: string; camera_id: string; time: Timestamp };
  windows: { from: Timestamp; to: Timestamp }[];
  found: Timestamp;
  changed: Timestamp;
  found_by: 'sweep' | 'live';
}

export interface ConflictsAnswer {
  conflicts: Conflict[];
  thresholds: { max_speed_kmh: number; slack_s: number; slack_m: number };
  next_page_token?: string;
  as_of: number;
}

export interface ConflictsQuestion {
  from?: Timestamp | undefined;
  to?: Timestamp | undefined;
  status?: ConflictStatus | undefined;
  kind?: ConflictKind | undefined;
  plate?: string | undefined;
  limit?: number;
  page_token?: string | undefined;
}

export interface VerdictChange {
  status: ConflictStatus;
  note: string;
  vehicles?: { sighting_id: string; genuine: boolean }[];
}

export interface CameraFault {
  camera_id: string;
  kind: 'clock' | 'position';
  clock_offset_s?: number;
  plates: number;
  confidence: number;
}

export interface SweepResult {
  plates: number;
  readings: number;
  conflicts: Record<ConflictKind, number>;
  new: Record<ConflictKind, number>;
  withdrawn: number;
  faults: CameraFault[];
}

export type SweepJob = Job<Partial<SweepResult>, { from: Timestamp; to: Timestamp }>;

export const kSweepJob = 'cloned_plates_sweep';

export function listConflicts(question: ConflictsQuestion, options?: CallOptions) {
  return call<ConflictsAnswer>(
    { method: 'GET', path: `/v1/cloned-plates${queryString({ ...question })}` },
    options,
  );
}

export function conflictPath(id: string): string {
  return `/v1/cloned-plates/${encodeURIComponent(id)}`;
}

export function getConflict(id: string, options?: CallOptions) {
  return call<Conflict>({ method: 'GET', path: conflictPath(id) }, options);
}

export function judgeConflict(id: string, change: VerdictChange, options?: CallOptions) {
  return call<Conflict>({ method: 'PATCH', path: conflictPath(id), body: change }, options);
}

export function beginSweep(from: Timestamp, to: Timestamp, options?: CallOptions) {
  return call<SweepJob>(
    { method: 'POST', path: '/v1/sweeps/cloned-plates', body: { from, to } },
    options,
  );
}
