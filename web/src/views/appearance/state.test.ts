import { expect, it } from 'vitest';
import { appearanceCodec, judged, questionOf } from './state';

const blank = appearanceCodec.decode(new URLSearchParams());

it('nothing is asked without an example', () => {
  expect(questionOf(blank)).toBeNull();
  expect(questionOf({ ...blank, unlike: ['a'] })).toBeNull();
});

it('the question holds what the address says', () => {
  const query = new URLSearchParams(
    'like=a,b&unlike=c&space=detail&k=50&distance=240&group=0&travel=1&speed=120&cameras=K-1',
  );
  const state = appearanceCodec.decode(query);
  expect(questionOf(state)).toEqual({
    like: [{ sighting_id: 'a' }, { sighting_id: 'b' }],
    unlike: [{ sighting_id: 'c' }],
    space: 'detail',
    k: 50,
    max_distance: 240,
    travel: { max_speed_kmh: 120 },
    filter: { cameras: ['K-1'] },
  });
  expect(appearanceCodec.decode(appearanceCodec.encode(state))).toEqual(state);
  expect(questionOf({ ...blank, like: ['a'] })).toEqual({
    like: [{ sighting_id: 'a' }],
    space: 'vehicle',
    k: 20,
    group_by: 'plate',
  });
});

it('a tick moves from one kind to the other, and the same tick takes it back', () => {
  const state = { ...blank, like: ['a'] };
  expect(judged(state, 'b', 'unlike')).toEqual({ like: ['a'], unlike: ['b'] });
  expect(judged({ ...state, unlike: ['b'] }, 'b', 'like')).toEqual({
    like: ['a', 'b'],
    unlike: [],
  });
  expect(judged({ ...state, unlike: ['b'] }, 'b', 'unlike')).toEqual({ like: ['a'], unlike: [] });
});
