// The forms that a search can be taken away in: those that the API has for it.

import type { ApiRequest } from '../../api/client';
import type { SearchQuestion } from '../../api/types';

export interface ExportFormat {
  label: string;
  extension: string;
  request: ApiRequest;
}

/** The most rows that one page of JSON holds. */
const kMostJson = 10_000;

export function exportFormats(question: SearchQuestion): ExportFormat[] {
  const search = { method: 'POST', path: '/v1/search/sightings' } as const;
  const { filter, as_of } = question;
  const counted = {
    ...(filter === undefined ? {} : { filter }),
    ...(as_of === undefined ? {} : { as_of }),
    group_by: ['camera_id', 'hour'],
    fill: false,
  };
  return [
    {
      label: 'NDJSON',
      extension: 'ndjson',
      request: { ...search, body: question, accept: 'application/x-ndjson' },
    },
    {
      label: 'JSON (≤ 10,000)',
      extension: 'json',
      request: { ...search, body: { ...question, limit: kMostJson } },
    },
    {
      label: 'CSV (camera × hour)',
      extension: 'csv',
      request: { method: 'POST', path: '/v1/stats/counts', body: counted, accept: 'text/csv' },
    },
  ];
}
