// What every test of the console has at hand. A view's tests begin like this:
//
//   import { expect, expectAccessible, screenshot, test } from './fixtures';
//
//   test('a plate is found', async ({ page, site, open }) => {
//     await open('search', { plate: site.city.plate });
//     await expect(page.getByRole('listitem')).toHaveCount(20);
//     await expectAccessible(page);
//     await screenshot(page, 'search');
//   });
//
// Whatever a test does, it fails when the page asks another origin for anything, breaks its
// Content-Security-Policy, throws, or lets the token out of memory (see watch.ts).

import { test as base, type Page } from '@playwright/test';

import { loadCabs, loadCity, type Cabs, type City } from './data';
import { Server } from './server';
import { Watch } from './watch';

export { expect } from '@playwright/test';
export { expectAccessible } from './accessible';
export { screenshot } from './screenshot';

/** One server for all tests of a worker. Tests leave what they find as they found it. */
export interface Site {
  server: Server;
  url: string;
  token: string;
  city: City;
}

/** Another one, with real taxis; null where their data are not at hand. */
export interface Bay {
  server: Server;
  url: string;
  token: string;
  cabs: Cabs;
}

/** The state of a view, as in its address. */
export type Query = Record<string, string>;

interface TestFixtures {
  /** Signs in, and goes to a view. */
  open: (view: string, query?: Query) => Promise<void>;
  watch: Watch;
}

interface WorkerFixtures {
  site: Site;
  bay: Bay | null;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  site: [
    // Playwright reads from the pattern which fixtures are asked for: none.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await Server.make(['--time-zone', 'Asia/Shanghai']);
      try {
        const city = await loadCity(server);
        await use({ server, url: server.url, token: server.token, city });
      } finally {
        await server.remove();
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  bay: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await Server.make(['--time-zone', 'America/Los_Angeles']);
      try {
        const cabs = await loadCabs(server);
        await use(cabs && { server, url: server.url, token: server.token, cabs });
      } finally {
        await server.remove();
      }
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  baseURL: async ({ site }, use) => use(site.url),

  watch: [
    async ({ page, site }, use) => {
      const watch = await Watch.over(page, site);
      await use(watch);
      await watch.expectClean();
    },
    { auto: true },
  ],

  open: async ({ page, site }, use) => {
    await use(async (view, query = {}) => {
      await page.goto(address(view, query));
      await signIn(page, site.token);
    });
  },
});

export function address(view: string, query: Query = {}): string {
  const text = new URLSearchParams(query).toString();
  return `/console/${view}${text === '' ? '' : `?${text}`}`;
}

/** Fills in the form of the page in front, and waits until it is gone. */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.locator('#token').fill(token);
  await page.locator('#purpose').fill('trying the console');
  await page.locator('#case').fill('E2E-1');
  await page.locator('form button:not([type="button"])').click();
  await page.locator('#content').waitFor();
}

/** Waits until the map in front has drawn what it was given. */
export async function mapIsDrawn(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const element = document.querySelector('.maplibregl-map');
    const map = element === null ? undefined : (element as unknown as MapElement).maplibre;
    return map !== undefined && map.loaded() && !map.isMoving();
  });
}

interface MapElement {
  maplibre?: { loaded(): boolean; isMoving(): boolean };
}
