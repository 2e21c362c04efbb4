import { call, type CallOptions } from './client';
import type { ImageAnswer, ImageQuestion, SpacesAnswer } from './types';

export function searchByAppearance(question: ImageQuestion, options?: CallOptions) {
  return call<ImageAnswer>({ method: 'POST', path: '/v1/search/image', body: question }, options);
}

export function listSpaces(options?: CallOptions) {
  return call<SpacesAnswer>({ method: 'GET', path: '/v1/spaces' }, options);
}
