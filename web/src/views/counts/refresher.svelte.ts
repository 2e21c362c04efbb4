// Asks again every so often, and waits while nobody looks.

export class Refresher {
  /** When the last answer came; null before the first. */
  last = $state<number | null>(null);
  isPaused = $state(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private intervalMs = 0;

  constructor(private readonly ask: () => Promise<unknown>) {
    document.addEventListener('visibilitychange', this.look);
    this.look();
  }

  /** 0: not by itself. */
  setInterval(seconds: number): void {
    this.intervalMs = seconds * 1000;
    this.plan();
  }

  /** Says that an answer has come, from which the next interval counts. */
  answered(now = Date.now()): void {
    this.last = now;
    this.plan();
  }

  end(): void {
    clearTimeout(this.timer);
    this.intervalMs = 0;
    document.removeEventListener('visibilitychange', this.look);
  }

  private readonly look = (): void => {
    this.isPaused = document.hidden;
    this.plan();
  };

  private plan(): void {
    clearTimeout(this.timer);
    if (this.intervalMs === 0 || this.isPaused) return;
    const waited = this.last === null ? 0 : Date.now() - this.last;
    this.timer = setTimeout(() => void this.again(), Math.max(0, this.intervalMs - waited));
  }

  private async again(): Promise<void> {
    await this.ask();
    // Also where it failed: a server that comes back is seen again.
    this.answered();
  }
}
