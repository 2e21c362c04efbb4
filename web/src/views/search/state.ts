// The part of a search that stands in its address.

import { filterFields, isUnfiltered, type FilterState } from '../../filter/state';
import type { Order } from '../../api/types';
import { codecOf, flag, oneOf, text } from '../../route/codec';

export interface SearchState extends FilterState {
  /** Asks although nothing is narrowed: the newest sightings of all. */
  all: boolean;
  /** '': by what fits best, where that is asked for, else the newest first. */
  order: Order | '';
  tab: 'results' | 'filters';
  /** The sighting that is shown in full; '': the list. */
  id: string;
}

export const searchCodec = codecOf<SearchState>({
  ...filterFields(),
  all: flag(false),
  order: oneOf<Order | ''>(['', 'time_desc', 'time_asc', 'relevance'], ''),
  tab: oneOf(['results', 'filters'] as const, 'results'),
  id: text(),
});

/** Whether anything is asked at all; else the view says what can be. */
export function isAsked(state: SearchState): boolean {
  return state.all || !isUnfiltered(state);
}

/** What the server is asked for; 'relevance' is there for half-remembered plates alone. */
export function orderOf(state: SearchState): Order | undefined {
  const isLike = state.near > 0 && state.q.trim() !== '';
  if (state.order === '' || (state.order === 'relevance' && !isLike)) return undefined;
  return state.order;
}
