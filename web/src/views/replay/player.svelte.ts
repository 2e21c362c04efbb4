// Plays the time of a replay. `time` is exact and changes with every frame; who draws listens to
// the frames, so that nothing else is made anew sixty times a second.

import { Clock, speeds, type Interval } from './clock';

const kShowEveryMs = 200;
/** Where the system asks for less motion, things move in steps as far apart. */
const kStepMs = 1000;

export class Player {
  isPlaying = $state(false);
  /** The time for texts: five times a second while it plays. */
  shown = $state(0);
  extent = $state.raw<Interval>([0, 0]);
  /** What the clock follows; set by the view. */
  busy: readonly Interval[] = [];
  readonly isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;

  private exact = 0;
  private readonly clock = new Clock();
  private speed = 60;
  private isSkipping = true;
  private frame = 0;
  private lastShown = 0;
  private listeners: ((time: number) => void)[] = [];

  get time(): number {
    return this.exact;
  }

  /** Called with every new time, and once at the start. Returns what ends it. */
  onTime(listener: (time: number) => void): () => void {
    this.listeners = [...this.listeners, listener];
    listener(this.exact);
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  setExtent(extent: Interval, busy: readonly Interval[]): void {
    this.extent = extent;
    this.busy = busy;
    this.seek(Math.min(Math.max(this.exact, extent[0]), extent[1]));
  }

  setPace(speed: number, isSkipping: boolean): void {
    this.speed = speed;
    this.isSkipping = isSkipping;
    this.anchor();
  }

  /** The next speed of the list, faster or slower. */
  nextSpeed(direction: 1 | -1): number {
    const faster = speeds.find((speed) => speed > this.speed) ?? this.speed;
    const slower = speeds.filter((speed) => speed < this.speed).at(-1) ?? this.speed;
    return direction > 0 ? faster : slower;
  }

  seek(time: number): void {
    this.exact = Math.min(Math.max(time, this.extent[0]), this.extent[1]);
    this.shown = this.exact;
    this.anchor();
    this.tell();
  }

  play(): void {
    if (this.isPlaying || this.extent[1] <= this.extent[0]) return;
    if (this.exact >= this.extent[1]) this.seek(this.extent[0]);
    this.isPlaying = true;
    this.lastShown = performance.now();
    this.anchor();
    this.frame = requestAnimationFrame((now) => this.next(now));
  }

  pause(): void {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    cancelAnimationFrame(this.frame);
    this.shown = this.exact;
    this.tell();
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  private anchor(): void {
    this.clock.start(performance.now(), this.exact, {
      speed: this.speed,
      busy: this.isSkipping && this.busy.length > 0 ? this.busy : null,
      end: this.extent[1],
    });
  }

  private next(now: number): void {
    if (!this.isPlaying) return;
    const every = this.isStill ? kStepMs : kShowEveryMs;
    const isShown = now - this.lastShown >= every;
    if (!this.isStill || isShown) {
      this.exact = this.clock.at(now);
      this.tell();
    }
    if (isShown) {
      this.lastShown = now;
      this.shown = this.exact;
    }
    if (this.exact >= this.extent[1]) this.pause();
    else this.frame = requestAnimationFrame((later) => this.next(later));
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.exact);
  }
}
