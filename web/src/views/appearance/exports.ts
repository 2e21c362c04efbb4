// The forms that the API has for a search by looks.

import type { ApiRequest } from '../../api/client';
import type { ImageQuestion } from '../../api/types';

/** The most matches that one page holds; a stream goes as deep as pages do. */
const kMostJson = 1000;

export function exportFormats(
  question: ImageQuestion,
): { label: string; extension: string; request: ApiRequest }[] {
  const search = { method: 'POST', path: '/v1/search/image' } as const;
  const whole = { ...question };
  delete whole.k;
  return [
    {
      label: 'NDJSON',
      extension: 'ndjson',
      request: { ...search, body: whole, accept: 'application/x-ndjson' },
    },
    {
      label: 'JSON (≤ 1,000)',
      extension: 'json',
      request: { ...search, body: { ...whole, k: kMostJson } },
    },
  ];
}
