import { call, queryString, type CallOptions } from './client';
import type { PlatesAnswer } from './types';

export interface PlatesQuestion {
  match?: string;
  like?: string;
  max_distance?: number;
  limit?: number;
  page_token?: string;
}

export function listPlates(question: PlatesQuestion, options?: CallOptions) {
  return call<PlatesAnswer>(
    { method: 'GET', path: `/v1/plates${queryString({ ...question })}` },
    options,
  );
}

export function platePath(plate: string): string {
  return `/v1/plates/${encodeURIComponent(plate)}`;
}
