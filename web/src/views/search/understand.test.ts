import { describe, expect, it } from 'vitest';
import { cameraCalled, camerasLike } from '../../filter/cameras';
import { containing, escaped, mayBeMisread, understand } from './understand';

const cameras = [
  { id: 'K-0012', name: '学院路 清华科技园', kind: 'checkpoint' as const },
  { id: 'K-0112', name: 'Ring Road', kind: 'checkpoint' as const },
  { id: 'M-1', name: 'Ring Road', kind: 'mobile' as const },
];

describe('the search box', () => {
  it.each([
    ['  ', { kind: 'nothing' }],
    ['k-0012', { kind: 'camera', id: 'K-0012' }],
    ['学院路 清华科技园', { kind: 'camera', id: 'K-0012' }],
    // Two are called so: none is meant alone.
    ['Ring Road', { kind: 'unsure', text: 'Ring Road' }],
    ['京A*', { kind: 'plate', pattern: '京A*' }],
    ['？626', { kind: 'plate', pattern: '？626' }],
    ['京N6UT45', { kind: 'plate', pattern: '京N6UT45' }],
    ['京n·6ut45', { kind: 'plate', pattern: '京n·6ut45' }],
    ['京AD12345', { kind: 'plate', pattern: '京AD12345' }],
    ['京N6U', { kind: 'unsure', text: '京N6U' }],
    ['ISEKDYP', { kind: 'unsure', text: 'ISEKDYP' }],
    ['<b>', { kind: 'unsure', text: '<b>' }],
  ])('understands %s', (text, meaning) => {
    expect(understand(text, cameras)).toEqual(meaning);
  });

  it('asks for plates that contain what was typed', () => {
    expect(containing(' 626 ')).toBe('*626*');
    expect(containing('?626')).toBe('?626');
    expect(containing('a\\b')).toBe('*a\\\\b*');
    expect(escaped('a\\')).toBe('a\\\\');
  });

  it('offers misread plates for what is long enough and has no star', () => {
    expect(mayBeMisread('京A12')).toBe(true);
    expect(mayBeMisread('京A?2')).toBe(true);
    expect(mayBeMisread('京A1')).toBe(false);
    expect(mayBeMisread('京A12*')).toBe(false);
  });
});

it('cameras are found by id and name, first those that begin so', () => {
  expect(camerasLike(cameras, 'k-01').map(({ id }) => id)).toEqual(['K-0112']);
  expect(camerasLike(cameras, '1').map(({ id }) => id)).toEqual(['K-0012', 'K-0112', 'M-1']);
  expect(camerasLike(cameras, 'ring').map(({ id }) => id)).toEqual(['K-0112', 'M-1']);
  expect(camerasLike(cameras, '清华').map(({ id }) => id)).toEqual(['K-0012']);
  expect(camerasLike(cameras, ' ')).toEqual([]);
  expect(cameraCalled(cameras, 'm-1')?.id).toBe('M-1');
  expect(cameraCalled(cameras, 'K-00')).toBeNull();
});
