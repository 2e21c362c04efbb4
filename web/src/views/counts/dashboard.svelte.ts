// What the dashboard shows at one time: the groups, the whole, and the cameras on the map.

import { Asked } from '../../api/asked.svelte';
import { call } from '../../api/client';
import { countSightings } from '../../api/counts';
import type { CountsAnswer, CountsQuestion, CountsRow, Filter, Status } from '../../api/types';
import { timeKeyOf } from './state';

export interface Numbers {
  /** What the rows are groups of: the key in force may have moved on. */
  by: string;
  rows: CountsRow[];
  count: number;
  plates: number;
  cameras: CountsRow[];
}

export function questionOf(filter: Filter, by: string, tz: string): CountsQuestion {
  return { filter, group_by: [by], tz };
}

/** By the time that is asked for; where that is open, by what is stored. */
async function fittingKey(filter: Filter, signal: AbortSignal): Promise<'hour' | 'day'> {
  const { from, to } = filter.time ?? {};
  if (from !== undefined && to !== undefined) return timeKeyOf(Date.parse(from), Date.parse(to));
  const path = '/v1/status';
  const { days } = await call<Status>({ method: 'GET', path }, { signal, quiet: true });
  if (days.first === undefined || days.last === undefined) return 'hour';
  const end = Date.parse(days.last) + 86_400_000;
  return timeKeyOf(Date.parse(from ?? days.first), to === undefined ? end : Date.parse(to));
}

export class Dashboard {
  readonly asked = new Asked<Numbers>();

  /** All three are of one sequence, so that they agree while sightings arrive. */
  ask(filter: Filter, wanted: string, tz: string): Promise<Numbers | undefined> {
    return this.asked.run(async (signal) => {
      const by = wanted === '' ? await fittingKey(filter, signal) : wanted;
      const groups = await countSightings(questionOf(filter, by, tz), { signal });
      const at = { filter, tz, as_of: groups.as_of };
      const quiet = { signal, quiet: true };
      const camerasAsked: Promise<CountsAnswer> | CountsAnswer =
        by === 'camera_id' ? groups : countSightings({ ...at, group_by: ['camera_id'] }, quiet);
      const [whole, byCamera] = await Promise.all([countSightings(at, quiet), camerasAsked]);
      return {
        by,
        rows: groups.rows,
        count: whole.rows[0]?.count ?? 0,
        plates: whole.rows[0]?.distinct_plates ?? 0,
        cameras: byCamera.rows,
      };
    });
  }
}
