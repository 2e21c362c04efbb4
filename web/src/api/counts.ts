import { call, type CallOptions } from './client';
import type { CountsAnswer, CountsQuestion } from './types';

export function countSightings(question: CountsQuestion, options?: CallOptions) {
  return call<CountsAnswer>({ method: 'POST', path: '/v1/stats/counts', body: question }, options);
}
