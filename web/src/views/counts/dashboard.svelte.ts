// What the dashboard shows at one time: the groups, the whole, and the cameras on the map.

import { Asked } from '../../api/asked.svelte';
import { countSightings } from '../../api/counts';
import type { CountsAnswer, CountsQuestion, CountsRow, Filter } from '../../api/types';

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

export class Dashboard {
  readonly asked = new Asked<Numbers>();

  /** All three are of one sequence, so that they agree while sightings arrive. */
  ask(filter: Filter, by: string, tz: string): Promise<Numbers | undefined> {
    return this.asked.run(async (signal) => {
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
