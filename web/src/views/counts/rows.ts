// What an answer of counts says, as bars and tables show it.

import type { AttributeValue, CountsRow } from '../../api/types';

export interface Bar {
  /** Tells bars apart; '' for what is absent. */
  key: string;
  value: AttributeValue | null;
  count: number;
  plates: number;
}

/** The member that bears the group: attributes go by their name unless it is taken. */
export function valueOf(row: CountsRow, by: string): AttributeValue | null {
  const plain = by.replace(/^attributes\./, '');
  return row[by] ?? row[plain] ?? null;
}

/** Times stay in their order; everything else comes by how often. */
export function barsOf(rows: readonly CountsRow[], by: string): Bar[] {
  const bars = rows.map((row): Bar => {
    const value = valueOf(row, by);
    return {
      key: value === null ? '' : `${typeof value}:${String(value)}`,
      value,
      count: row.count,
      plates: row.distinct_plates,
    };
  });
  const isOrdered = ['hour', 'day', 'hour_of_day', 'weekday'].includes(by);
  return isOrdered ? bars : bars.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}

/** A plot's columns: seconds since 1970, readings, distinct plates. */
export function seriesOf(
  rows: readonly CountsRow[],
  by: 'hour' | 'day',
): [times: number[], counts: number[], plates: number[]] {
  const times = rows.map((row) => Date.parse(String(row[by])) / 1000);
  return [times, rows.map((row) => row.count), rows.map((row) => row.distinct_plates)];
}

/** Sums over all rows; distinct plates do not add up, so they are asked for on their own. */
export function totalOf(rows: readonly CountsRow[]): number {
  return rows.reduce((sum, row) => sum + row.count, 0);
}
