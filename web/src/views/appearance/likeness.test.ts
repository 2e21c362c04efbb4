import { describe, expect, it } from 'vitest';
import type { Sighting } from '../../api/types';
import { bandOf, similarityAt, traitsOf } from './likeness';

it.each([
  [1, 'certain'],
  [0.95, 'certain'],
  [0.94, 'likely'],
  [0.5, 'maybe'],
  [0.1, 'unlikely'],
  [0, 'hardly'],
] as const)('%d is said as %s', (similarity, band) => {
  expect(bandOf(similarity)).toBe(band);
});

describe('the probability at a distance', () => {
  const curve = [
    { distance: 100, similarity: 0.9 },
    { distance: 200, similarity: 0.5 },
    { distance: 200, similarity: 0.4 },
    { distance: 400, similarity: 0 },
  ];
  it.each([
    [0, 0.9],
    [100, 0.9],
    [150, 0.7],
    [200, 0.5],
    [300, 0.2],
    [500, 0],
  ])('at %d is %d', (distance, similarity) => {
    expect(similarityAt(curve, distance)).toBeCloseTo(similarity, 12);
  });
  it('is not known without a curve', () => {
    expect(similarityAt(undefined, 1)).toBeNull();
    expect(similarityAt([], 1)).toBeNull();
  });
});

it('what differs stands first, then what only one of them states', () => {
  const of = (attributes: Sighting['attributes']): Sighting => ({
    id: '1',
    camera_id: 'K',
    time: '2024-03-04T00:00:00.000Z',
    ...(attributes === undefined ? {} : { attributes }),
  });
  const traits = traitsOf(
    of({ color: 'red', type: 'suv', year: 2013, sticker: true }),
    of({ color: 'red', type: 'van', year: '2013', brand: 'Audi' }),
  );
  expect(traits.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['type', 'differs'],
    ['year', 'differs'],
    ['brand', 'unknown'],
    ['sticker', 'unknown'],
    ['color', 'same'],
  ]);
  expect(traitsOf(of(undefined), of(undefined))).toEqual([]);
});
