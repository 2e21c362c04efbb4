// What must hold on every page, whatever a test does there.

import { expect, type Page } from '@playwright/test';

import type { Site } from './fixtures';

export class Watch {
  /** Requests to other origins. */
  readonly foreign: string[] = [];
  /** What the page said went wrong: violations of the policy, and what was thrown and not caught. */
  readonly faults: string[] = [];
  private readonly addresses: string[] = [];
  private tolerated: RegExp[] = [];
  private readonly own: string[];

  private constructor(
    private readonly page: Page,
    private readonly site: Site,
  ) {
    this.own = [site.url];
  }

  static async over(page: Page, site: Site): Promise<Watch> {
    const watch = new Watch(page, site);
    page.on('request', (request) => {
      const url = request.url();
      watch.addresses.push(url);
      const isOwn = watch.own.some((origin) => url.startsWith(`${origin}/`));
      if (!isOwn && !/^(data|blob):/.test(url)) watch.foreign.push(url);
    });
    page.on('pageerror', (error) => watch.faults.push(`thrown: ${error.message}`));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !text.startsWith('Failed to load resource')) {
        watch.faults.push(`console: ${text}`);
      }
    });
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`);
      });
    });
    return watch;
  }

  /** For a test that makes something go wrong on purpose. */
  tolerate(...faults: RegExp[]): void {
    this.tolerated = faults;
  }

  /** For a test with a server of its own. */
  allow(origin: string): void {
    this.own.push(origin);
  }

  async expectClean(): Promise<void> {
    expect(this.foreign, 'requests to other origins').toEqual([]);
    const untold = this.faults.filter((each) => !this.tolerated.some((known) => known.test(each)));
    expect(untold, 'faults of the page').toEqual([]);
    const { token } = this.site;
    const told = this.addresses.filter((url) => url.includes(token));
    expect(told, 'addresses with the token').toEqual([]);
    if (this.page.isClosed() || this.page.url() === 'about:blank') return;
    expect(this.page.url()).not.toContain(token);
    const kept = await this.page.evaluate(
      () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]) + document.cookie,
    );
    expect(kept, 'what the browser keeps').not.toContain(token);
  }
}
