// What a question about sightings is narrowed by, as it stands in an address and as the API takes
// it. Searches of every kind share it.

import type { AttributeValue, Filter } from '../api/types';
import { filterOf as areaFilter } from '../map/shapes';
import type { DrawnShape } from '../map/types';
import { instant, json, list, number, text, timeFilter, type Field } from '../route/codec';
import { shape } from '../route/shape';

export type Attributes = Record<string, AttributeValue[]>;

export interface FilterState {
  /** A plate's pattern; with `near` above 0 a plate that may be misread or half remembered. */
  q: string;
  /** How many characters may differ; 0: the pattern as it stands. */
  near: number;
  from: number | null;
  to: number | null;
  area: DrawnShape | null;
  cameras: string[];
  attributes: Attributes;
}

export const emptyFilter: FilterState = {
  q: '',
  near: 0,
  from: null,
  to: null,
  area: null,
  cameras: [],
  attributes: {},
};

/** The fields of a codec: `codecOf({...filterFields(), order: …})`. */
export function filterFields(): { [K in keyof FilterState]: Field<FilterState[K]> } {
  return {
    q: text(),
    near: number(0, { min: 0, max: 3 }),
    from: instant(),
    to: instant(),
    area: shape(),
    cameras: list(),
    attributes: attributes(),
  };
}

/** Those members of any state that is a FilterState and more. */
export function filterPart(state: FilterState): FilterState {
  const { q, near, from, to, area, cameras, attributes: looks } = state;
  return { q, near, from, to, area, cameras, attributes: looks };
}

export function filterOf(state: FilterState): Filter {
  const filter: Filter = { ...areaFilter(state.area) };
  const plate = state.q.trim();
  if (plate !== '' && state.near > 0) {
    filter.plate_like = { text: plate, max_distance: Math.round(state.near) };
  } else if (plate !== '') {
    filter.plate = plate;
  }
  const time = timeFilter(state.from, state.to);
  if (time !== undefined) filter.time = time;
  if (state.cameras.length > 0) filter.cameras = state.cameras;
  const looks = Object.entries(state.attributes).filter(([, values]) => values.length > 0);
  if (looks.length > 0) filter.attributes = Object.fromEntries(looks);
  return filter;
}

export function isUnfiltered(state: FilterState): boolean {
  return Object.keys(filterOf(state)).length === 0;
}

/** With the value added where it was not chosen, else without it. */
export function toggled(chosen: Attributes, name: string, value: AttributeValue): Attributes {
  const before = chosen[name] ?? [];
  const after = before.includes(value)
    ? before.filter((other) => other !== value)
    : [...before, value];
  const rest = Object.fromEntries(Object.entries(chosen).filter(([other]) => other !== name));
  return after.length === 0 ? rest : { ...rest, [name]: after };
}

/** `{"color":["red","gray"]}`, since values keep their types. */
function attributes(): Field<Attributes> {
  const field = json(isAttributes);
  return {
    decode: (value) => field.decode(value) ?? {},
    encode: (value) => (Object.keys(value).length === 0 ? null : field.encode(value)),
  };
}

function isAttributes(value: unknown): value is Attributes {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (values) =>
        Array.isArray(values) &&
        values.length > 0 &&
        values.every((each) => ['string', 'number', 'boolean'].includes(typeof each)),
    )
  );
}
