// One question to the server as a view shows it: waiting, slow, answered, failed, cancelled.

import { isAbort } from './client';

const kSlowAfterMs = 2000;

export type AskedState = 'idle' | 'loading' | 'slow' | 'done' | 'failed' | 'cancelled';

/**
 * Holds the newest question only: a new run() aborts the one before, whose answer is dropped.
 * `data` keeps the last answer while the next one is awaited, so that lists do not flicker.
 */
export class Asked<T> {
  state = $state<AskedState>('idle');
  data = $state.raw<T | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  /** Says what was asked last, so that "try again" can ask it again. */
  private last: ((signal: AbortSignal) => Promise<T>) | null = null;
  private controller: AbortController | null = null;

  get busy(): boolean {
    return this.state === 'loading' || this.state === 'slow';
  }

  /** The answer, or undefined where it was superseded, cancelled or failed (see `error`). */
  async run(ask: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    this.last = ask;
    this.state = 'loading';
    const slow = setTimeout(() => {
      if (this.controller === controller) this.state = 'slow';
    }, kSlowAfterMs);
    try {
      const data = await ask(controller.signal);
      if (this.controller !== controller) return undefined;
      this.data = data;
      this.error = undefined;
      this.state = 'done';
      return data;
    } catch (error) {
      if (this.controller !== controller) return undefined;
      this.error = error;
      this.state = isAbort(error) ? 'cancelled' : 'failed';
      return undefined;
    } finally {
      clearTimeout(slow);
    }
  }

  cancel(): void {
    this.controller?.abort();
  }

  again(): void {
    if (this.last !== null) void this.run(this.last);
  }

  reset(): void {
    const controller = this.controller;
    this.controller = null;
    controller?.abort();
    this.data = undefined;
    this.error = undefined;
    this.state = 'idle';
  }
}
