// Scenes: a place and a time each, as they stand in an address and as the API takes them.

import type { Filter } from '../../api/types';
import { filterOf as areaFilter } from '../../map/shapes';
import type { DrawnShape } from '../../map/types';
import {
  codecOf,
  instant,
  json,
  list,
  number,
  text,
  timeFilter,
  type Field,
} from '../../route/codec';
import { shape } from '../../route/shape';

export interface Scene {
  from: number | null;
  to: number | null;
  area: DrawnShape | null;
  cameras: string[];
}

export const kMostScenes = 12;
export const emptyScene: Scene = { from: null, to: null, area: null, cameras: [] };

const sceneCodec = codecOf<Scene>({
  from: instant(),
  to: instant(),
  area: shape(),
  cameras: list(),
});

/** A place and both ends of a time: without them a scene would be the whole city, or all time. */
export function isWhole(scene: Scene): boolean {
  const { from, to, area, cameras } = scene;
  return from !== null && to !== null && from < to && (area !== null || cameras.length > 0);
}

export function filterOfScene(scene: Scene): Filter {
  const time = timeFilter(scene.from, scene.to);
  return {
    ...areaFilter(scene.area),
    ...(time === undefined ? {} : { time }),
    ...(scene.cameras.length === 0 ? {} : { cameras: scene.cameras }),
  };
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** Each scene as a query of its own, in a list; two empty ones where there is none. */
function scenes(): Field<Scene[]> {
  const field = json(isTexts);
  return {
    decode(value) {
      const found = (field.decode(value) ?? [])
        .slice(0, kMostScenes)
        .map((each) => sceneCodec.decode(new URLSearchParams(each)));
      while (found.length < 2) found.push(emptyScene);
      return found;
    },
    encode(value) {
      const texts = value.map((scene) => sceneCodec.encode(scene).toString());
      return texts.every((each) => each === '') && texts.length === 2 ? null : field.encode(texts);
    },
  };
}

export interface CommonState {
  scenes: Scene[];
  /** How many scenes a plate must have been at. */
  min: number;
  /** The scene that is edited; -1: none, the result is shown. */
  edit: number;
  run: string;
  plate: string;
}

export const commonCodec = codecOf<CommonState>({
  scenes: scenes(),
  min: number(2, { min: 2, max: kMostScenes }),
  edit: number(0, { min: -1, max: kMostScenes - 1 }),
  run: text(),
  plate: text(),
});

/** "Once in 48,000 vehicles": the vehicles among which one is at as many scenes by chance. */
export function oneIn(pValue: number): number {
  if (!(pValue > 0)) return Infinity;
  const whole = 1 / Math.min(1, pValue);
  if (whole < 10) return Math.round(whole);
  const step = 10 ** (Math.floor(Math.log10(whole)) - 1);
  return Math.round(whole / step) * step;
}

export type Surprise = 'extreme' | 'strong' | 'some' | 'none';

/** In words, by the share of false alarms among plates as surprising as this one. */
export function surpriseOf(qValue: number): Surprise {
  if (qValue <= 0.001) return 'extreme';
  if (qValue <= 0.05) return 'strong';
  return qValue <= 0.3 ? 'some' : 'none';
}
