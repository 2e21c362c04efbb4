// The part of a search by looks that stands in its address.

import type { ImageQuestion } from '../../api/types';
import { filterFields, filterOf, filterPart, type FilterState } from '../../filter/state';
import { codecOf, flag, list, number, oneOf, text } from '../../route/codec';

export interface AppearanceState extends FilterState {
  /** Sightings that the wanted vehicle looks like; the first is the one that was begun with. */
  like: string[];
  unlike: string[];
  space: string;
  /** Rows a page. */
  k: number;
  /** The space's own distance; 0: any. */
  distance: number;
  group: boolean;
  travel: boolean;
  /** km/h that no vehicle drives faster than, for `travel`. */
  speed: number;
  tab: 'matches' | 'filters';
  /** The match that is compared with the first example; '': the list. */
  id: string;
}

export const kDefaultSpace = 'vehicle';
/** As the API has it: of both kinds together. */
export const kMostExamples = 32;

export const appearanceCodec = codecOf<AppearanceState>({
  ...filterFields(),
  like: list(),
  unlike: list(),
  space: text(kDefaultSpace),
  k: number(20, { min: 1, max: 1000 }),
  distance: number(0, { min: 0 }),
  group: flag(true),
  travel: flag(false),
  speed: number(180, { min: 1, max: 1000 }),
  tab: oneOf(['matches', 'filters'] as const, 'matches'),
  id: text(),
});

export function questionOf(state: AppearanceState): ImageQuestion | null {
  if (state.like.length === 0) return null;
  const question: ImageQuestion = {
    like: state.like.map((sighting_id) => ({ sighting_id })),
    space: state.space,
    k: Math.round(state.k),
  };
  if (state.unlike.length > 0) question.unlike = state.unlike.map((id) => ({ sighting_id: id }));
  const filter = filterOf(filterPart(state));
  if (Object.keys(filter).length > 0) question.filter = filter;
  if (state.distance > 0) question.max_distance = state.distance;
  if (state.group) question.group_by = 'plate';
  if (state.travel) question.travel = { max_speed_kmh: state.speed };
  return question;
}

/** A sighting is like, not like, or neither: never both. Asking for what it is takes it back. */
export function judged(
  state: AppearanceState,
  id: string,
  as: 'like' | 'unlike',
): Pick<AppearanceState, 'like' | 'unlike'> {
  const isAlready = state[as].includes(id);
  const without = {
    like: state.like.filter((other) => other !== id),
    unlike: state.unlike.filter((other) => other !== id),
  };
  return isAlready ? without : { ...without, [as]: [...without[as], id] };
}
