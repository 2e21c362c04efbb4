// The calls that the view in front made, newest first, for "open this request in the API".

import type { ApiRequest } from './client';

const kMost = 20;

let calls = $state.raw<ApiRequest[]>([]);

export function remembered(): readonly ApiRequest[] {
  return calls;
}

/** A call that is made again stands once, at its newest place. */
export function remember(request: ApiRequest): void {
  const same = key(request);
  calls = [request, ...calls.filter((other) => key(other) !== same)].slice(0, kMost);
}

export function forgetCalls(): void {
  calls = [];
}

function key(request: ApiRequest): string {
  return JSON.stringify([request.method, request.path, request.accept, request.body]);
}
