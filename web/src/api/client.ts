// One way to the API: it puts the session's token, purpose and case on a call, turns problems into
// ApiError, and remembers the call, so that each view can show it as curl.

import { session } from '../session/session.svelte';
import { remember } from './remembered.svelte';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With the query; begins with /v1/. */
  path: string;
  body?: unknown;
  /** Default: application/json. */
  accept?: string;
  headers?: Record<string, string>;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Calls that no view would want to show, such as a poll that repeats itself. */
  quiet?: boolean;
}

/** What went wrong, in the words of the server where it answered. */
export class ApiError extends Error {
  constructor(
    /** 0 where no answer came at all. */
    readonly status: number,
    readonly title: string,
    readonly detail = '',
    /** JSON pointer into the body, or the name of a parameter or header. */
    readonly field = '',
    readonly requestId = '',
    readonly retryAfterS = 0,
  ) {
    super(detail === '' ? title : `${title}: ${detail}`);
    this.name = 'ApiError';
  }
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** The answer's body as JSON; undefined where it has none. Throws ApiError, or AbortError. */
export async function call<T>(request: ApiRequest, options: CallOptions = {}): Promise<T> {
  const response = await send(request, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** The answer itself, of a status below 400: for exports and streams. Throws as call() does. */
export async function send(request: ApiRequest, options: CallOptions = {}): Promise<Response> {
  if (options.quiet !== true) remember(request);
  const headers = new Headers(request.headers);
  headers.set('Accept', request.accept ?? 'application/json');
  if (session.token !== null) headers.set('Authorization', `Bearer ${session.token}`);
  if (session.purpose !== '') headers.set('X-Purpose', encodeURIComponent(session.purpose));
  if (session.caseNumber !== '') headers.set('X-Case', encodeURIComponent(session.caseNumber));
  const init: RequestInit = { method: request.method, headers, cache: 'no-store' };
  if (request.body !== undefined) {
    if (!headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
    init.body = JSON.stringify(request.body);
  }
  if (options.signal !== undefined) init.signal = options.signal;
  let response: Response;
  try {
    response = await fetch(request.path, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    session.reachable = false;
    throw new ApiError(0, 'unreachable');
  }
  session.reachable = true;
  if (response.ok) return response;
  if (response.status === 401) session.refused();
  throw await problemOf(response);
}

async function problemOf(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('X-Request-Id') ?? '';
  const retryAfter = Number(response.headers.get('Retry-After') ?? '0');
  let problem: { title?: unknown; detail?: unknown; field?: unknown } = {};
  try {
    problem = (await response.json()) as typeof problem;
  } catch {
    // A proxy may answer with a page of its own; the status then says it all.
  }
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return new ApiError(
    response.status,
    text(problem.title) || response.statusText || String(response.status),
    text(problem.detail),
    text(problem.field),
    requestId,
    Number.isFinite(retryAfter) ? retryAfter : 0,
  );
}

/** A query string of the members that have a value, with its `?`; '' where none has. */
export function queryString(
  parameters: Record<string, string | number | boolean | undefined>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
