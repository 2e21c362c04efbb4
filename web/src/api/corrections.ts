import { call, queryString, type CallOptions } from './client';
import type { AttributeValue, Timestamp } from './types';

export interface Correction {
  number: number;
  sighting_id: string;
  corrected_at: Timestamp;
  by: string;
  note?: string;
  plate_before?: string | null;
  plate?: string | null;
  attributes_before?: Record<string, AttributeValue>;
  attributes?: Record<string, AttributeValue>;
}

/** The newest that are looked through for those of one sighting: the API lists all alike. */
const kNewest = 10_000;

export async function correctionsOf(id: string, options?: CallOptions): Promise<Correction[]> {
  const path = `/v1/corrections${queryString({ limit: kNewest })}`;
  const answer = await call<{ corrections: Correction[] }>({ method: 'GET', path }, options);
  return answer.corrections.filter(({ sighting_id }) => sighting_id === id);
}
