// What the API answers, as docs/api.md and api/openapi.json define it. Members without a value are
// left out; members that are not named here may come and are passed over.

import type { MultiPolygon, Polygon } from 'geojson';

/** RFC 3339 in UTC with milliseconds. */
export type Timestamp = string;

export interface Position {
  lon: number;
  lat: number;
}

export type AttributeValue = string | number | boolean;

export interface PlateMatch {
  /** That the reading is of the plate asked for, 0 to 1. */
  probability: number;
  differences: number;
}

export interface Sighting {
  id: string;
  camera_id: string;
  time: Timestamp;
  received?: Timestamp;
  source_id?: string;
  /** Normalised; absent where it was not read. */
  plate?: string;
  plate_read?: string;
  corrected?: true;
  plate_color?: string;
  plate_confidence?: number;
  attributes?: Record<string, AttributeValue>;
  location?: Position;
  lane?: number;
  speed_kmh?: number;
  image?: string;
  vectors?: Record<string, string>;
  match?: PlateMatch;
}

export interface Camera {
  id: string;
  name?: string;
  heading_deg?: number;
  kind: 'checkpoint' | 'mobile';
  location?: Position;
  retired?: true;
}

export type Area = Polygon | MultiPolygon;

export interface Filter {
  time?: { from?: Timestamp; to?: Timestamp };
  plate?: string;
  plate_like?: { text: string; max_distance?: number };
  cameras?: string[];
  area?: Area;
  near?: { lon: number; lat: number; radius_m: number };
  attributes?: Record<string, AttributeValue | AttributeValue[]>;
}

export type Order = 'time_desc' | 'time_asc' | 'relevance';

export interface SearchQuestion {
  filter?: Filter;
  order?: Order;
  limit?: number;
  page_token?: string;
  explain?: boolean;
  as_of?: number;
}

interface Page {
  next_page_token?: string;
  as_of: number;
}

export interface SearchAnswer extends Page {
  sightings: Sighting[];
}

export interface PlateRow {
  plate: string;
  first_seen: Timestamp;
  last_seen: Timestamp;
  count: number;
  match?: PlateMatch;
}

export interface PlatesAnswer extends Page {
  plates: PlateRow[];
}

export interface CountsQuestion {
  filter?: Filter;
  group_by?: string[];
  tz?: string;
  fill?: boolean;
  max_rows?: number;
  as_of?: number;
}

export type CountsRow = Record<string, AttributeValue | null> & {
  count: number;
  distinct_plates: number;
};

export interface CountsAnswer {
  rows: CountsRow[];
  tz: string;
  as_of: number;
}

export type ImageExample = { sighting_id: string } | { vector: string };

export interface ImageQuestion {
  like: ImageExample | ImageExample[];
  unlike?: ImageExample | ImageExample[];
  space?: string;
  filter?: Filter;
  k?: number;
  max_distance?: number;
  group_by?: 'plate';
  exact?: boolean;
  travel?: boolean | { max_speed_kmh?: number };
  page_token?: string;
  as_of?: number;
}

export interface Travel {
  possible: boolean;
  distance_m?: number;
  gap_s?: number;
  required_kmh?: number | null;
  reason?: string;
}

export interface ImageMatch {
  /** By the space's own metric, to the nearest example. */
  distance: number;
  /** How likely it is the same vehicle by its distance alone, 0 to 1. */
  similarity: number;
  sighting: Sighting;
  others?: number;
  travel?: Travel;
}

export interface ImageAnswer extends Page {
  matches: ImageMatch[];
  space: string;
}

export interface Space {
  name: string;
  bytes: number;
  dimensions: number;
  element: string;
  metric: string;
  model?: string;
  index: { vectors?: number };
  /** `curve` falls: how likely the same vehicle at each distance, straight between its points. */
  similarity: { learned: boolean; curve?: { distance: number; similarity: number }[] };
}

export interface SpacesAnswer {
  spaces: Space[];
  days: number;
  days_counted: number;
  as_of: number;
}

export interface Status {
  version: string;
  time_zone: string;
  counts: { sightings: number; cameras: number };
  days: { number: number; first?: string; last?: string };
  as_of: number;
}

export type JobStatus = 'queued' | 'running' | 'cancelling' | 'done' | 'failed' | 'cancelled';

export interface Job<Result = unknown, Question = unknown> {
  id: string;
  kind: string;
  status: JobStatus;
  /** 0 to 1. */
  progress?: number;
  question?: Question;
  partial?: Result;
  result?: Result;
  error?: { title?: string; detail?: string };
  created: Timestamp;
  created_by?: string;
  started?: Timestamp;
  ended?: Timestamp;
}

/** `/console/config.json`, which the server makes of its options; a member may be missing. */
export interface ConsoleConfig {
  version?: string;
  basemap?: {
    style_url?: string;
    pmtiles_url?: string;
    datum?: Datum;
    attribution?: string;
  } | null;
  datum?: Datum;
  time_zone?: string;
  /** Where pictures may be shown from; the Content-Security-Policy allows no others. */
  image_origins?: string[];
}

export type Datum = 'wgs84' | 'gcj02';
