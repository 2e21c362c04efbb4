import { describe, expect, it } from 'vitest';
import type { CountsRow } from '../../api/types';
import { barsOf, seriesOf, totalOf, valueOf } from './rows';
import { timeKeyOf } from './state';

const row = (
  members: Record<string, string | number | boolean | null>,
  count: number,
  plates = 1,
) => ({ ...members, count, distinct_plates: plates }) as CountsRow;

describe('counts', () => {
  it('finds an attribute by its name or by its whole key', () => {
    expect(valueOf(row({ color: 'red' }, 1), 'attributes.color')).toBe('red');
    expect(valueOf(row({ 'attributes.hour': 3 }, 1), 'attributes.hour')).toBe(3);
    expect(valueOf(row({ color: null }, 1), 'attributes.color')).toBeNull();
    expect(valueOf(row({ inspected: false }, 1), 'attributes.inspected')).toBe(false);
  });

  it('orders attributes by how often, and weekdays by the week', () => {
    const colors = [row({ color: 'red' }, 2), row({ color: null }, 9), row({ color: 'blue' }, 5)];
    expect(barsOf(colors, 'attributes.color').map(({ value }) => value)).toEqual([
      null,
      'blue',
      'red',
    ]);
    const days = [row({ weekday: 1 }, 2), row({ weekday: 2 }, 9)];
    expect(barsOf(days, 'weekday').map(({ value }) => value)).toEqual([1, 2]);
  });

  it('tells a number from the same text', () => {
    const years = barsOf([row({ year: 2013 }, 2), row({ year: '2013' }, 1)], 'attributes.year');
    expect(new Set(years.map(({ key }) => key)).size).toBe(2);
  });

  it('counts by the day where hours would be too many', () => {
    const day = 86_400_000;
    expect(timeKeyOf(0, 31 * day)).toBe('hour');
    expect(timeKeyOf(0, 31 * day + 1)).toBe('day');
  });

  it('makes a plot of its rows, in seconds', () => {
    const rows = [
      row({ hour: '2024-03-04T00:00:00.000Z' }, 4, 3),
      row({ hour: '2024-03-04T01:00:00.000Z' }, 0, 0),
    ];
    expect(seriesOf(rows, 'hour')).toEqual([
      [1709510400, 1709514000],
      [4, 0],
      [3, 0],
    ]);
    expect(totalOf(rows)).toBe(4);
  });
});
