import { expect, it } from 'vitest';

import { counted } from './counted';

it('says one and many', () => {
  expect(counted('1', 'reading')).toBe('1 reading');
  expect(counted(0, 'reading')).toBe('0 readings');
  expect(counted('1,001', 'pass', 'passes')).toBe('1,001 passes');
});
