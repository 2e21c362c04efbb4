import { describe, expect, it } from 'vitest';
import { codecOf } from '../route/codec';
import {
  emptyFilter,
  filterFields,
  filterOf,
  isUnfiltered,
  toggled,
  type FilterState,
} from './state';

const codec = codecOf<FilterState>(filterFields());
const full: FilterState = {
  q: '京A*,1',
  near: 2,
  from: Date.parse('2024-03-04T00:00:00Z'),
  to: Date.parse('2024-03-05T12:30:00Z'),
  area: { kind: 'circle', lon: 116.33, lat: 39.99, radius_m: 800 },
  cameras: ['K-1', 'a,b\\c'],
  attributes: { color: ['red', 'gray'], doors: [5], sticker: [true] },
};

describe('the filter in an address', () => {
  it('comes back as it was', () => {
    expect(codec.decode(codec.encode(full))).toEqual(full);
    const area: FilterState['area'] = {
      kind: 'polygon',
      ring: [
        [1, 2],
        [3, 4],
        [-5.5, 6],
      ],
    };
    expect(codec.decode(codec.encode({ ...full, area })).area).toEqual(area);
  });

  it('is empty for the empty one', () => {
    expect(codec.encode(emptyFilter).toString()).toBe('');
    expect(codec.decode(new URLSearchParams())).toEqual(emptyFilter);
  });

  it.each([
    'area=circle:1,2',
    'area=circle:1,2,-3',
    'area=circle:181,2,3',
    'area=polygon:1,2;3,4',
    'area=polygon:1,2;3,4;5',
    'area=square:1,2,3',
    'attributes={"color":"red"}',
    'attributes={"color":[]}',
    'attributes={"color":[{}]}',
    'attributes=[1]',
    'near=x',
  ])('passes over what cannot be read: %s', (query) => {
    expect(codec.decode(new URLSearchParams(query))).toEqual(emptyFilter);
  });
});

describe('the filter as the API takes it', () => {
  it('names only what narrows', () => {
    expect(filterOf(emptyFilter)).toEqual({});
    expect(isUnfiltered({ ...emptyFilter, q: '  ', near: 2 })).toBe(true);
    expect(isUnfiltered({ ...emptyFilter, to: 0 })).toBe(false);
  });

  it('asks for a pattern, or for what a plate may have been misread as', () => {
    expect(filterOf({ ...emptyFilter, q: ' A?1 ' })).toEqual({ plate: 'A?1' });
    expect(filterOf({ ...emptyFilter, q: 'A?1', near: 1 })).toEqual({
      plate_like: { text: 'A?1', max_distance: 1 },
    });
  });

  it('holds every part', () => {
    expect(filterOf(full)).toEqual({
      plate_like: { text: '京A*,1', max_distance: 2 },
      time: { from: '2024-03-04T00:00:00.000Z', to: '2024-03-05T12:30:00.000Z' },
      near: { lon: 116.33, lat: 39.99, radius_m: 800 },
      cameras: ['K-1', 'a,b\\c'],
      attributes: full.attributes,
    });
  });
});

it('a value is added and taken back', () => {
  const red = toggled({}, 'color', 'red');
  expect(red).toEqual({ color: ['red'] });
  expect(toggled(red, 'color', 'blue')).toEqual({ color: ['red', 'blue'] });
  expect(toggled(red, 'color', 'red')).toEqual({});
  expect(toggled({ year: [2013], ...red }, 'year', 2013)).toEqual(red);
});
