import { call, queryString, type ApiRequest, type CallOptions } from './client';
import { platePath } from './plates';
import type { Job, Timestamp } from './types';

/** A reading of the target and one of the other vehicle by the same camera. */
export interface Meeting {
  camera_id: string;
  /** When the target passed, and when the other did. */
  time: Timestamp;
  other_time: Timestamp;
  ids: [target: string, other: string];
  /** Where the companion was read as another plate. */
  read_as?: string;
}

/** What was weighed about two vehicles; docs/companions.md defines every member. */
export interface Weighed {
  cameras: number;
  meetings: number;
  trips: number;
  days: number;
  /** Meetings that a stranger has. */
  expected: number;
  p_value: number;
  q_value: number;
  significant: boolean;
  /** Of the other vehicle, against the target. */
  order: 'ahead' | 'behind' | 'mixed';
  /** By which the other passes later; negative: earlier. */
  median_gap_s: number;
  score: number;
  evidence: Meeting[];
}

export interface Companion extends Weighed {
  plate: string;
}

export interface CompanionsThresholds {
  within_s: number;
  min_cameras: number;
  false_discovery_rate: number;
  presence_s: number;
}

export interface CompanionsAnswer {
  companions: Companion[];
  target: { plates: string[]; readings: number; trips: number };
  crowd: number;
  hypotheses: number;
  thresholds: CompanionsThresholds;
  as_of: number;
}

export interface CompanionsQuestion {
  from?: Timestamp | undefined;
  to?: Timestamp | undefined;
  within_s?: number;
  min_cameras?: number;
  limit?: number;
}

export interface Pair extends Weighed {
  plate: string;
  other: string;
}

export interface Group {
  plates: string[];
  p_value: number;
  pairs: Pair[];
}

export interface CompanionGroups {
  groups: Group[];
  groups_found: number;
  pairs_weighed: number;
  hypotheses: number;
  thresholds: CompanionsThresholds;
  as_of: number;
}

export const kGroupsJob = 'companion_groups';

export type GroupsJob = Job<CompanionGroups, { from: Timestamp; to: Timestamp; within_s: number }>;

export function companionsRequest(plate: string, question: CompanionsQuestion): ApiRequest {
  return { method: 'GET', path: `${platePath(plate)}/companions${queryString({ ...question })}` };
}

export function getCompanions(
  plate: string,
  question: CompanionsQuestion,
  options?: CallOptions,
): Promise<CompanionsAnswer> {
  return call<CompanionsAnswer>(companionsRequest(plate, question), options);
}

/** Begins the job that finds every group; both ends of the window are needed. */
export function beginGroups(question: CompanionsQuestion, options?: CallOptions) {
  return call<GroupsJob>(
    { method: 'POST', path: '/v1/analyses/companions', body: question },
    options,
  );
}
