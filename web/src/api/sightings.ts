import { call, type CallOptions } from './client';
import type { SearchAnswer, SearchQuestion, Sighting } from './types';

export function searchSightings(question: SearchQuestion, options?: CallOptions) {
  return call<SearchAnswer>(
    { method: 'POST', path: '/v1/search/sightings', body: question },
    options,
  );
}

export function getSighting(id: string, options?: CallOptions) {
  return call<Sighting>(
    { method: 'GET', path: `/v1/sightings/${encodeURIComponent(id)}` },
    options,
  );
}
