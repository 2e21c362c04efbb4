// Where two of the plates passed one camera shortly after each other.

import type { Track } from './track';

export interface Meeting {
  cameraId: string;
  /** Index of each plate among the tracks. */
  first: number;
  second: number;
  /** When each passed, in milliseconds since 1970; the earlier one is `first`. */
  time: number;
  otherTime: number;
}

/** By time. Of several passes within `withinS` the nearest counts for each reading of the first. */
export function meetingsOf(tracks: readonly Track[], withinS: number): Meeting[] {
  const meetings: Meeting[] = [];
  const byCamera = tracks.map(timesByCamera);
  for (let a = 0; a < tracks.length; ++a) {
    for (let b = a + 1; b < tracks.length; ++b) {
      for (const [cameraId, times] of byCamera[a] as TimesByCamera) {
        const others = byCamera[b]?.get(cameraId);
        if (others === undefined) continue;
        for (const [time, otherTime] of nearest(times, others, withinS * 1000)) {
          const isFirst = time <= otherTime;
          meetings.push({
            cameraId,
            first: isFirst ? a : b,
            second: isFirst ? b : a,
            time: Math.min(time, otherTime),
            otherTime: Math.max(time, otherTime),
          });
        }
      }
    }
  }
  return meetings.sort((x, y) => x.time - y.time);
}

type TimesByCamera = Map<string, number[]>;

function timesByCamera({ readings }: Track): TimesByCamera {
  const times: TimesByCamera = new Map();
  for (const { cameraId, time } of readings) {
    const list = times.get(cameraId);
    if (list === undefined) times.set(cameraId, [time]);
    else list.push(time);
  }
  return times;
}

function nearest(times: number[], others: number[], within: number): [number, number][] {
  const pairs: [number, number][] = [];
  let at = 0;
  for (const time of times) {
    while (
      at + 1 < others.length &&
      Math.abs((others[at + 1] as number) - time) <= Math.abs((others[at] as number) - time)
    ) {
      ++at;
    }
    const other = others[at] as number;
    if (Math.abs(other - time) <= within) pairs.push([time, other]);
  }
  return pairs;
}
