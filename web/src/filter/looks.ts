// Attributes as people read them. What is not known here is shown as it came.

import type { AttributeValue } from '../api/types';

export interface LookWords {
  yes: string;
  no: string;
  names: Record<string, string>;
  values: Record<string, string>;
}

export function nameOfLook(words: LookWords, name: string): string {
  const known = Object.hasOwn(words.names, name) ? words.names[name] : undefined;
  if (known !== undefined) return known;
  const plain = name.replaceAll('_', ' ');
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

export function valueOfLook(words: LookWords, value: AttributeValue): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return String(value);
  return (Object.hasOwn(words.values, value) ? words.values[value] : undefined) ?? value;
}

/** Those that tell vehicles apart at a glance come first, others by name. */
const kFirst = ['color', 'type', 'brand', 'model', 'year'];

export function inOrder(names: Iterable<string>): string[] {
  const rank = (name: string) => (kFirst.indexOf(name) + kFirst.length + 1) % (kFirst.length + 1);
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** 'red · sedan · Toyota · Corolla': what tells vehicles apart in a line; yes and no do not. */
export function inShort(
  words: LookWords,
  attributes: Record<string, AttributeValue> | undefined,
): string {
  if (attributes === undefined) return '';
  return inOrder(Object.keys(attributes))
    .flatMap((name) => {
      const value = attributes[name];
      const isTelling = value !== undefined && value !== '' && typeof value !== 'boolean';
      return isTelling ? [valueOfLook(words, value)] : [];
    })
    .join(' · ');
}
