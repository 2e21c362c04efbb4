// What somebody means by what he types into the search box.

import type { Camera } from '../../api/types';
import { cameraCalled } from '../../filter/cameras';

export type Meaning =
  | { kind: 'nothing' }
  | { kind: 'camera'; id: string }
  /** A plate or a pattern of one, as it is to be asked for. */
  | { kind: 'plate'; pattern: string }
  /** A plate in full or a part of one: only the plates that are stored can tell. */
  | { kind: 'unsure'; text: string };

export function understand(text: string, cameras: readonly Camera[]): Meaning {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'nothing' };
  const camera = cameraCalled(cameras, trimmed);
  if (camera !== null) return { kind: 'camera', id: camera.id };
  if (hasWildcard(trimmed) || isWholePlate(trimmed)) return { kind: 'plate', pattern: trimmed };
  return { kind: 'unsure', text: trimmed };
}

export function hasWildcard(text: string): boolean {
  return /[*?＊？]/.test(text);
}

/** Mainland Chinese plates have a province, a letter and five or six more. */
function isWholePlate(text: string): boolean {
  return /^\p{Script=Han}[A-Z][A-Z0-9]{4,5}[A-Z0-9\p{Script=Han}]$/u.test(
    text
      .normalize('NFKC')
      .toUpperCase()
      .replace(/[\s.·-]/g, ''),
  );
}

/** Plates with the text anywhere in them. */
export function containing(text: string): string {
  return hasWildcard(text) ? text.trim() : `*${escaped(text.trim())}*`;
}

/** The text itself, where a pattern is read. */
export function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\');
}

/** What may be a plate that was misread: enough characters, and no `*`. */
export function mayBeMisread(text: string): boolean {
  const trimmed = text.trim();
  return [...trimmed].length >= 4 && !/[*＊]/.test(trimmed);
}
