import { call, queryString, type ApiRequest, type CallOptions } from './client';
import { platePath } from './plates';
import type { Filter, Job, Position, Timestamp } from './types';

export interface Evidence {
  id: string;
  camera_id: string;
  time: Timestamp;
}

export interface RestingPlace {
  location: Position;
  radius_m: number;
  kind: 'home' | 'day' | 'other';
  stays: number;
  days: number;
  nights: number;
  /** `arrives` and `leaves`: the usual local time, HH:MM. */
  hours: { total: number; arrives: string | null; leaves: string | null };
  confidence: number;
  first_stay: Timestamp | null;
  last_stay: Timestamp | null;
  cameras: string[];
  evidence: Evidence[];
}

export interface UsualRoute {
  cameras: string[];
  /** Index into places. */
  from_place: number | null;
  to_place: number | null;
  trips: number;
  days: number;
  departs: string;
  median_s: number;
}

export interface ProfileTrip {
  from: Timestamp;
  to: Timestamp;
  readings: number;
  from_place: number | null;
  to_place: number | null;
  /** Index into routes. */
  route: number | null;
}

export interface ChangePoint {
  kind: 'home' | 'hours';
  /** The first local day after the change. */
  day: string;
  p_value: number;
  distance_m?: number;
}

export interface ProfileAnswer {
  plate: string;
  tz: string;
  readings: number;
  days: number;
  first_seen: Timestamp | null;
  last_seen: Timestamp | null;
  count: number;
  places: RestingPlace[];
  routes: UsualRoute[];
  /** 24 counts for each weekday from Monday. */
  hours_by_weekday: number[][];
  night_share: number;
  weekend_share: number;
  trips: number;
  trip_list: ProfileTrip[];
  change_points: ChangePoint[];
  set_aside: { readings: number; ids: string[]; clocks_put_right: number };
  thresholds: { night_from_hour: number; night_to_hour: number; long_rest_hours: number };
  as_of: number;
}

export interface ProfileQuestion {
  from?: Timestamp | undefined;
  to?: Timestamp | undefined;
  tz?: string;
}

export interface HabitsQuestion {
  filter?: Filter;
  night_only?: { min_share?: number; min_nights?: number };
  frequent?: { min_passes?: number; min_days?: number };
  first_seen?: boolean;
  min_readings?: number;
  min_cameras?: number;
  tz?: string;
  job?: boolean;
  limit?: number;
  page_token?: string;
  as_of?: number;
}

export interface HabitRow {
  plate: string;
  readings: number;
  cameras: number;
  days: number;
  nights: number;
  night_share: number;
  night_share_low: number;
  passes: number;
  busiest_day: { day: string; passes: number };
  frequent_days?: number;
  first_seen?: Timestamp;
  evidence: Evidence[];
}

export interface HabitsAnswer {
  plates: HabitRow[];
  found: number;
  plates_looked_at: number;
  next_page_token?: string;
  as_of: number;
}

export type HabitsJob = Job<HabitsAnswer>;

export function profileRequest(plate: string, question: ProfileQuestion): ApiRequest {
  return { method: 'GET', path: `${platePath(plate)}/profile${queryString({ ...question })}` };
}

export function getProfile(plate: string, question: ProfileQuestion, options?: CallOptions) {
  return call<ProfileAnswer>(profileRequest(plate, question), options);
}

export function habitsRequest(question: HabitsQuestion): ApiRequest {
  return { method: 'POST', path: '/v1/analyses/habits', body: question };
}

export function findHabits(question: HabitsQuestion, options?: CallOptions) {
  return call<HabitsAnswer>(habitsRequest(question), options);
}

export function beginHabits(question: HabitsQuestion, options?: CallOptions) {
  return call<HabitsJob>(habitsRequest({ ...question, job: true }), options);
}
