import { describe, expect, it } from 'vitest';

import { barsOf, onceIn } from './chance';

describe('onceIn', () => {
  it('says a chance by two figures', () => {
    expect(onceIn(1)).toBe(1);
    expect(onceIn(0.5)).toBe(2);
    expect(onceIn(0.002)).toBe(500);
    expect(onceIn(1 / 12_345)).toBe(12_000);
  });

  it('has no bound for what cannot be chance', () => {
    expect(onceIn(0)).toBe(Infinity);
    expect(onceIn(2)).toBe(1);
  });
});

describe('barsOf', () => {
  it('measures by the longer bar', () => {
    expect(barsOf(10, 2.5)).toEqual({ seen: 1, expected: 0.25 });
    expect(barsOf(0, 0)).toEqual({ seen: 0, expected: 0 });
  });
});
