// The time that a replay shows. It follows the wall clock times the speed from where it was started,
// so that a slow frame costs a frame and never a second.

/** In milliseconds since 1970, sorted, not touching. */
export type Interval = [from: number, to: number];

export const speeds = [1, 10, 30, 60, 120, 300, 600, 1800, 3600] as const;

/** The union of intervals, each widened by `margin`; what then touches becomes one. */
export function unionOf(intervals: readonly Interval[], margin: number): Interval[] {
  const union: Interval[] = [];
  for (const [from, to] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const last = union.at(-1);
    if (last !== undefined && from - margin <= last[1]) last[1] = Math.max(last[1], to + margin);
    else union.push([from - margin, to + margin]);
  }
  return union;
}

/**
 * Where the replay is `elapsed` milliseconds of its own time behind `time`. With `busy`, the time
 * between these intervals takes none: there nothing moves.
 */
export function advance(
  time: number,
  elapsed: number,
  end: number,
  busy: readonly Interval[] | null,
): number {
  if (busy === null) return Math.min(time + elapsed, end);
  let now = time;
  let rest = elapsed;
  for (const [from, to] of busy) {
    if (to <= now) continue;
    if (now < from) now = from;
    if (now + rest <= to) return Math.min(now + rest, end);
    rest -= to - now;
    now = to;
  }
  return end;
}

export interface ClockSettings {
  speed: number;
  /** Not empty; null: all time passes alike. */
  busy: readonly Interval[] | null;
  end: number;
}

/** Plays from an anchor: asked for the same wall clock it always says the same. */
export class Clock {
  private anchorWall = 0;
  private anchorTime = 0;
  private settings: ClockSettings = { speed: 1, busy: null, end: 0 };

  /** `wall` is performance.now() or the time of a frame. */
  start(wall: number, time: number, settings: ClockSettings): void {
    this.anchorWall = wall;
    this.anchorTime = time;
    this.settings = settings;
  }

  at(wall: number): number {
    const { speed, busy, end } = this.settings;
    const elapsed = Math.max(0, wall - this.anchorWall) * speed;
    return advance(this.anchorTime, elapsed, end, busy);
  }
}
