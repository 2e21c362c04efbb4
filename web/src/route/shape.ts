// A drawn area as a parameter: `circle:lon,lat,radius` or `polygon:lon,lat;lon,lat;lon,lat`.

import type { DrawnShape } from '../map/types';
import type { Field } from './codec';

export function shape(): Field<DrawnShape | null> {
  return {
    decode: (value) => (value === null ? null : parse(value)),
    encode: (value) => (value === null ? null : write(value)),
  };
}

function write(value: DrawnShape): string {
  return value.kind === 'circle'
    ? `circle:${value.lon},${value.lat},${value.radius_m}`
    : `polygon:${value.ring.map(([lon, lat]) => `${lon},${lat}`).join(';')}`;
}

function parse(value: string): DrawnShape | null {
  const colon = value.indexOf(':');
  const rest = value.slice(colon + 1);
  if (value.slice(0, colon) === 'circle') {
    const [lon, lat, radius_m, ...more] = numbers(rest);
    if (lon === undefined || lat === undefined || radius_m === undefined) return null;
    return more.length === 0 && isPlace(lon, lat) && radius_m > 0
      ? { kind: 'circle', lon, lat, radius_m }
      : null;
  }
  if (value.slice(0, colon) !== 'polygon') return null;
  const ring: [number, number][] = [];
  for (const corner of rest.split(';')) {
    const [lon, lat, ...more] = numbers(corner);
    if (lon === undefined || lat === undefined || more.length > 0) return null;
    if (!isPlace(lon, lat)) return null;
    ring.push([lon, lat]);
  }
  return ring.length < 3 ? null : { kind: 'polygon', ring };
}

function numbers(text: string): number[] {
  return text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
}

/** Also refuses what is not a number. */
function isPlace(lon: number, lat: number): boolean {
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
}
