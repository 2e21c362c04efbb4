// A view's state as a query and back. Decoding never fails: what cannot be read is the default,
// since addresses are typed, cut and pasted.

import type { Filter } from '../api/types';

export interface Codec<S> {
  decode(query: URLSearchParams): S;
  /** Leaves out what is at its default, so that addresses stay short. */
  encode(state: S): URLSearchParams;
}

/** One member of a state. */
export interface Field<T> {
  decode(text: string | null): T;
  /** null: at its default. */
  encode(value: T): string | null;
}

type Fields<S> = { [K in keyof S]-?: Field<S[K]> };

/** `codecOf<State>({plate: text(), limit: number(100)})`: each member is a parameter of its name. */
export function codecOf<S extends object>(fields: Fields<S>): Codec<S> {
  const names = Object.keys(fields) as (keyof S & string)[];
  return {
    decode(query) {
      const state = {} as S;
      for (const name of names) state[name] = fields[name].decode(query.get(name));
      return state;
    },
    encode(state) {
      const query = new URLSearchParams();
      for (const name of names) {
        const value = fields[name].encode(state[name]);
        if (value !== null) query.set(name, value);
      }
      return query;
    },
  };
}

export function text(fallback = ''): Field<string> {
  return {
    decode: (value) => value ?? fallback,
    encode: (value) => (value === fallback ? null : value),
  };
}

export function number(
  fallback: number,
  range: { min?: number; max?: number } = {},
): Field<number> {
  return {
    decode(value) {
      const parsed = value === null || value.trim() === '' ? NaN : Number(value);
      if (!Number.isFinite(parsed)) return fallback;
      return Math.min(Math.max(parsed, range.min ?? -Infinity), range.max ?? Infinity);
    },
    encode: (value) => (value === fallback ? null : String(value)),
  };
}

export function flag(fallback = false): Field<boolean> {
  return {
    decode: (value) => (value === null ? fallback : value === '1'),
    encode: (value) => (value === fallback ? null : value ? '1' : '0'),
  };
}

export function oneOf<T extends string>(values: readonly T[], fallback: T): Field<T> {
  return {
    decode: (value) => values.find((known) => known === value) ?? fallback,
    encode: (value) => (value === fallback ? null : value),
  };
}

/** Separated by commas; a comma or backslash within a value is escaped by a backslash. */
export function list(): Field<string[]> {
  return {
    decode: (value) => (value === null || value === '' ? [] : splitList(value)),
    encode: (values) =>
      values.length === 0 ? null : values.map((value) => value.replace(/[\\,]/g, '\\$&')).join(','),
  };
}

function splitList(value: string): string[] {
  const values = [''];
  for (let at = 0; at < value.length; ++at) {
    const character = value[at] as string;
    if (character === '\\' && at + 1 < value.length) {
      values[values.length - 1] += value[++at] as string;
    } else if (character === ',') {
      values.push('');
    } else {
      values[values.length - 1] += character;
    }
  }
  return values.filter((part) => part !== '');
}

/** An instant in milliseconds since 1970, written as RFC 3339 in UTC. */
export function instant(): Field<number | null> {
  return {
    decode(value) {
      const parsed = value === null ? NaN : Date.parse(value);
      return Number.isFinite(parsed) ? parsed : null;
    },
    encode: (value) =>
      value === null ? null : new Date(value).toISOString().replace(/(:00)?\.000Z$/, 'Z'),
  };
}

/** Anything that JSON can hold, for what is too rare for a form of its own. */
export function json<T>(isValid: (value: unknown) => value is T): Field<T | null> {
  return {
    decode(value) {
      if (value === null) return null;
      try {
        const parsed: unknown = JSON.parse(value);
        return isValid(parsed) ? parsed : null;
      } catch {
        return null;
      }
    },
    encode: (value) => (value === null ? null : JSON.stringify(value)),
  };
}

/** A window in time as the API's filter takes it; undefined where it is open at both ends. */
export function timeFilter(from: number | null, to: number | null): Filter['time'] {
  if (from === null && to === null) return undefined;
  return {
    ...(from === null ? {} : { from: new Date(from).toISOString() }),
    ...(to === null ? {} : { to: new Date(to).toISOString() }),
  };
}
