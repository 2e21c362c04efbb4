import { describe, expect, it } from 'vitest';
import {
  commonCodec,
  emptyScene,
  filterOfScene,
  isWhole,
  oneIn,
  surpriseOf,
  type Scene,
} from './scenes';

const from = Date.parse('2024-03-04T07:00:00Z');
const to = Date.parse('2024-03-04T08:30:00Z');
const atCameras: Scene = { ...emptyScene, from, to, cameras: ['K-1', 'K,2'] };
const inCircle: Scene = {
  ...emptyScene,
  from,
  to,
  area: { kind: 'circle', lon: 116.4, lat: 39.9, radius_m: 800 },
};

describe('scenes', () => {
  it('stand in an address and come back', () => {
    const state = {
      scenes: [atCameras, inCircle, emptyScene],
      min: 3,
      edit: -1,
      run: '1',
      plate: 'A1',
    };
    const query = new URLSearchParams(commonCodec.encode(state).toString());
    expect(commonCodec.decode(query)).toEqual(state);
  });

  it('are two empty ones where the address has none, or nonsense', () => {
    for (const text of ['', 'scenes=%7B', 'scenes=[1]', 'scenes=["from=never"]']) {
      const { scenes } = commonCodec.decode(new URLSearchParams(text));
      expect(scenes).toEqual([emptyScene, emptyScene]);
    }
    expect(commonCodec.encode(commonCodec.decode(new URLSearchParams())).toString()).toBe('');
  });

  it('need a place and a time', () => {
    expect(isWhole(atCameras)).toBe(true);
    expect(isWhole(inCircle)).toBe(true);
    expect(isWhole({ ...atCameras, cameras: [] })).toBe(false);
    expect(isWhole({ ...atCameras, to: null })).toBe(false);
    expect(isWhole({ ...atCameras, to: from })).toBe(false);
  });

  it('are filters of the API', () => {
    const time = { from: '2024-03-04T07:00:00.000Z', to: '2024-03-04T08:30:00.000Z' };
    expect(filterOfScene(atCameras)).toEqual({ time, cameras: ['K-1', 'K,2'] });
    expect(filterOfScene(inCircle)).toEqual({
      time,
      near: { lon: 116.4, lat: 39.9, radius_m: 800 },
    });
  });

  it('say a chance as people do', () => {
    expect(oneIn(0.5)).toBe(2);
    expect(oneIn(2.0797e-5)).toBe(48_000);
    expect(oneIn(0)).toBe(Infinity);
    expect([0.0001, 0.05, 0.06, 0.9].map(surpriseOf)).toEqual([
      'extreme',
      'strong',
      'some',
      'none',
    ]);
  });
});
