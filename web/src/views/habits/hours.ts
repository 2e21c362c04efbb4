// Hours of a week as a table of shares.

export interface HourCell {
  hour: number;
  count: number;
  /** Of the busiest hour of the week, 0 to 1. */
  share: number;
}

/** A row for each weekday from Monday. */
export function cellsOf(hoursByWeekday: readonly (readonly number[])[]): HourCell[][] {
  const most = Math.max(1, ...hoursByWeekday.flat());
  return hoursByWeekday.map((row) =>
    row.map((count, hour) => ({ hour, count, share: count / most })),
  );
}

/** The names of the weekdays from Monday in a language. */
export function weekdays(tag: string): string[] {
  const format = new Intl.DateTimeFormat(tag, { weekday: 'short', timeZone: 'UTC' });
  // 2024-01-01 was a Monday.
  return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2024, 0, 1 + day)));
}
