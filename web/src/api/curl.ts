import type { ApiRequest } from './client';

export interface CurlContext {
  origin: string;
  purpose: string;
  caseNumber: string;
}

/** The request as a command for a shell. The token stands as $TOKEN, never as itself. */
export function curlOf(request: ApiRequest, context: CurlContext): string {
  const parts = ['curl -s'];
  if (request.method !== 'GET' && !(request.method === 'POST' && request.body !== undefined)) {
    parts.push(`-X ${request.method}`);
  }
  parts.push(quoted(context.origin + request.path));
  parts.push('-H "Authorization: Bearer $TOKEN"');
  if (context.purpose !== '') {
    parts.push(`-H ${quoted(`X-Purpose: ${encodeURIComponent(context.purpose)}`)}`);
  }
  if (context.caseNumber !== '') {
    parts.push(`-H ${quoted(`X-Case: ${encodeURIComponent(context.caseNumber)}`)}`);
  }
  if (request.accept !== undefined) parts.push(`-H ${quoted(`Accept: ${request.accept}`)}`);
  if (request.body !== undefined) {
    parts.push(`-H 'Content-Type: ${request.headers?.['Content-Type'] ?? 'application/json'}'`);
    parts.push(`-d ${quoted(JSON.stringify(request.body))}`);
  }
  return parts.join(' \\\n  ');
}

/** One word of a POSIX shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
