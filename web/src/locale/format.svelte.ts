// The formats in the language and zone in force: reactive where they are called in a template.

import { session } from '../session/session.svelte';
import * as plain from './format';
import { locale } from './locale.svelte';

export const format = {
  dateTime: (instant: plain.Instant) => plain.dateTime(instant, session.timeZone),
  date: (instant: plain.Instant) => plain.date(instant, session.timeZone),
  time: (instant: plain.Instant) => plain.time(instant, session.timeZone),
  dayName: (instant: plain.Instant) =>
    plain.dayName(instant, { tag: locale.tag, timeZone: session.timeZone }),
  number: (value: number, digits = 0) => plain.number(value, locale.tag, digits),
  percent: (share: number) => plain.percent(share, locale.tag),
  distance: (meters: number) => plain.distance(meters, locale.tag),
  duration: (seconds: number) => plain.duration(seconds, locale.tag),
  toLocalInput: (ms: number) => plain.toLocalInput(ms, session.timeZone),
  fromLocalInput: (text: string) => plain.fromLocalInput(text, session.timeZone),
};
