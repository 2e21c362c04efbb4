// An export as one zip: the file, and a manifest that says who, when, why, and its SHA-256.

import { zipSync, strToU8 } from 'fflate';
import { send, type ApiRequest } from '../api/client';

export interface ExportContext {
  purpose: string;
  caseNumber: string;
  origin: string;
  now: Date;
}

export interface Manifest {
  file: string;
  bytes: number;
  sha256: string;
  exported: string;
  /** Who: the audit log has the token's name under this id. */
  request_id: string;
  purpose: string;
  case: string;
  server: string;
  as_of: string;
  request: { method: string; path: string; accept: string; body: unknown };
}

export interface Exported {
  name: string;
  bytes: Uint8Array;
  manifest: Manifest;
}

/** Fetches the answer to `request` and packs it with its manifest. Throws as send() does. */
export async function exportRequest(
  request: ApiRequest,
  file: string,
  context: ExportContext,
  signal?: AbortSignal,
): Promise<Exported> {
  const response = await send(request, { signal });
  const content = new Uint8Array(await response.arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  const manifest: Manifest = {
    file,
    bytes: content.byteLength,
    sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    exported: context.now.toISOString(),
    request_id: response.headers.get('X-Request-Id') ?? '',
    purpose: context.purpose,
    case: context.caseNumber,
    server: context.origin,
    as_of: response.headers.get('X-As-Of') ?? '',
    request: {
      method: request.method,
      path: request.path,
      accept: request.accept ?? 'application/json',
      body: request.body ?? null,
    },
  };
  const bytes = zipSync({
    [file]: content,
    'manifest.json': strToU8(JSON.stringify(manifest, null, 2)),
  });
  return { name: `${file}.zip`, bytes, manifest };
}

/** Letters and digits of any script stay; the rest becomes a hyphen. */
export function fileName(stem: string, extension: string, now: Date): string {
  const safe = stem.replace(/[^\p{L}\p{N}_-]+/gu, '-').replace(/^-+|-+$/g, '');
  const stamp = now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${safe === '' ? 'sightline' : safe}-${stamp}Z.${extension}`;
}

/** Hands bytes to the browser as a download. */
export function download(name: string, bytes: Uint8Array, type = 'application/zip'): void {
  const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it over by the next turn of the event loop at the latest.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
