import { describe, expect, it } from 'vitest';

import { cellsOf, weekdays } from './hours';

describe('cellsOf', () => {
  it('measures by the busiest hour', () => {
    const cells = cellsOf([
      [0, 4],
      [2, 0],
    ]);
    expect(cells[0]).toEqual([
      { hour: 0, count: 0, share: 0 },
      { hour: 1, count: 4, share: 1 },
    ]);
    expect(cells[1]?.[0]).toEqual({ hour: 0, count: 2, share: 0.5 });
  });

  it('of nothing is nothing', () => {
    expect(cellsOf([[0, 0]])[0]?.[1]?.share).toBe(0);
  });
});

describe('weekdays', () => {
  it('begin on Monday', () => {
    expect(weekdays('en-GB')).toEqual(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);
    expect(weekdays('zh-CN')[0]).toBe('周一');
  });
});
