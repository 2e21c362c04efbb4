import { describe, expect, it } from 'vitest';

import type { Conflict } from '../../api/conflicts';
import {
  comparisonOf,
  inOrderSeen,
  markersOf,
  ownersOf,
  readingsOf,
  spanOf,
  tracksOf,
} from './tracks';

const conflict = {
  first: '2024-03-04T10:00:00.000Z',
  last: '2024-03-04T11:00:00.000Z',
  windows: [
    { from: '2024-03-03T16:00:00.000Z', to: '2024-03-04T16:00:00.000Z' },
    { from: '2024-03-05T16:00:00.000Z', to: '2024-03-06T16:00:00.000Z' },
  ],
  vehicles: [{ sightings: ['1', '3'] }, { sightings: ['2'] }],
  evidence: [
    { a: { id: '2', location: { lon: 1, lat: 2 } }, b: { id: '3', location: { lon: 3, lat: 4 } } },
  ],
} as unknown as Conflict;

const point = (id: string, lon: number) => ({
  geometry: { type: 'Point' as const, coordinates: [lon, 10] as [number, number] },
  properties: { id, time: '2024-03-04T10:00:00.000Z', camera_id: 'K', trip: 1 },
});

describe('vehicles behind a plate', () => {
  it('keep their order whichever is held to be genuine', () => {
    const [first, second] = conflict.vehicles;
    const turned = { ...conflict, vehicles: [second, first] } as Conflict;
    expect(inOrderSeen(turned).vehicles).toEqual([first, second]);
    expect(inOrderSeen(conflict).vehicles).toEqual([first, second]);
  });
});

describe('readings of a cloned plate', () => {
  const readings = readingsOf({
    features: [
      point('1', 1),
      point('2', 2),
      { geometry: null, properties: { ...point('3', 0).properties } },
      point('4', 4),
      {
        geometry: { type: 'LineString', coordinates: [] },
        properties: { trip: 1, from: '', to: '', length_m: 0 },
      },
    ],
    plate: 'A',
    as_of: 1,
  });

  it('are told from the lines of trips', () => {
    expect(readings.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
    expect(readings[2]?.place).toBeNull();
  });

  it('make a track of each vehicle, without those of none', () => {
    expect([...ownersOf(conflict)]).toEqual([
      ['1', 0],
      ['3', 0],
      ['2', 1],
    ]);
    const tracks = tracksOf(conflict, readings);
    expect(tracks.map(({ points }) => points.map(({ id }) => id))).toEqual([['1'], ['2']]);
    expect(tracks[0]?.shape).not.toBe(tracks[1]?.shape);
    expect(tracks.map(({ dashed }) => dashed)).toEqual([false, true]);
  });

  it('of a pair bear the marks of their vehicles', () => {
    const marks = markersOf(conflict, conflict.evidence[0], (end) => end);
    expect(marks.map(({ label }) => label)).toEqual(['a', 'b']);
    const tracks = tracksOf(conflict, readings);
    expect(marks[0]?.shape).toBe(tracks[1]?.shape);
    expect(marks[1]?.shape).toBe(tracks[0]?.shape);
  });

  it('are asked for over all windows', () => {
    expect(spanOf(conflict)).toEqual({
      from: '2024-03-03T16:00:00.000Z',
      to: '2024-03-06T16:00:00.001Z',
    });
  });
});

describe('comparisonOf', () => {
  it('tells what differs from what one of them does not say', () => {
    expect(
      comparisonOf([
        { color: 'red', year: '2013' },
        { color: 'blue', brand: 'Audi', year: '2013' },
      ]),
    ).toEqual([
      { name: 'color', values: ['red', 'blue'], differs: true },
      { name: 'brand', values: [undefined, 'Audi'], differs: false },
      { name: 'year', values: ['2013', '2013'], differs: false },
    ]);
  });
});
