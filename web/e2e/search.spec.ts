// The search: what the box understands, the filters, the list and the map, and the way back.

import { readFileSync } from 'node:fs';
import { strFromU8, unzipSync } from 'fflate';
import type { Page } from '@playwright/test';

import { Server } from './server';
import {
  address,
  expect,
  expectAccessible,
  mapIsDrawn,
  screenshot,
  signIn,
  test,
  type Site,
} from './fixtures';

interface Total {
  count: number;
  plates: number;
}

/** What the server itself says that a filter lets pass. */
async function totalOf(site: Pick<Site, 'server'>, filter: unknown): Promise<Total> {
  const { rows } = await site.server.call<{ rows: { count: number; distinct_plates: number }[] }>(
    'POST',
    '/v1/stats/counts',
    { filter },
  );
  return { count: rows[0]?.count ?? 0, plates: rows[0]?.distinct_plates ?? 0 };
}

async function expectTotal(page: Page, { count, plates }: Total): Promise<void> {
  const number = (value: number) => value.toLocaleString('en-GB');
  const text = `${number(count)} sightings of ${number(plates)} ${plates === 1 ? 'plate' : 'plates'}`;
  await expect(page.getByText(text, { exact: true })).toBeVisible();
}

const box = (page: Page) => page.getByRole('combobox', { name: 'Search for a plate' });
const rows = (page: Page) => page.getByRole('group', { name: /^Sightings\./ }).getByRole('button');
const state = (page: Page) => new URL(page.url()).searchParams;

test('before anything is asked, the view says what can be', async ({ page, open }) => {
  await open('search');
  await expect(page.getByRole('heading', { name: 'Where was a vehicle seen?' })).toBeVisible();
  await expect(page.getByText(/sightings by .* cameras/)).toBeVisible();
  await mapIsDrawn(page);
  await expectAccessible(page);
  // The taxis are on the other side of the world: the picture is of the city.
  await page.evaluate(() => {
    const element = document.querySelector('.maplibregl-map') as unknown as {
      maplibre: { jumpTo(to: object): void };
    };
    element.maplibre.jumpTo({ center: [116.39, 39.915], zoom: 12.4 });
  });
  await mapIsDrawn(page);
  await screenshot(page, 'search-start');
  await page.getByRole('button', { name: 'Show the newest sightings' }).click();
  await expect(rows(page).first()).toBeVisible();
  expect(state(page).get('all')).toBe('1');
});

test('half a plate finds all plates that contain it', async ({ page, site, open }) => {
  const half = site.city.plate.slice(2, 6);
  await open('search');
  await page.keyboard.press('/');
  await expect(box(page)).toBeFocused();
  await page.keyboard.type(half);
  const suggestions = page.getByRole('listbox', { name: 'Suggestions' });
  await expect(suggestions.getByRole('option', { name: site.city.plate })).toBeVisible();
  await page.keyboard.press('Enter');
  await expectTotal(page, await totalOf(site, { plate: `*${half}*` }));
  expect(state(page).get('q')).toBe(`*${half}*`);
  await expect(rows(page).first()).toContainText(half);
  await expect(suggestions).toBeHidden();

  // A suggestion by keyboard: the plate itself.
  await box(page).fill(half);
  await expect(suggestions.getByRole('option', { name: site.city.plate })).toBeVisible();
  while ((await suggestions.getByRole('option', { selected: true }).count()) === 0) {
    await page.keyboard.press('ArrowDown');
  }
  await expect(box(page)).toHaveAttribute('aria-activedescendant', /.+/);
  await suggestions.getByRole('option', { name: site.city.plate }).click();
  await expectTotal(page, await totalOf(site, { plate: site.city.plate }));
  expect(state(page).get('q')).toBe(site.city.plate);
});

test('a plate that may be misread is found with how likely it is', async ({ page, site, open }) => {
  const { plate } = site.city;
  const asked = `${plate.slice(0, 3)}?${plate.slice(4)}`;
  await open('search', { q: asked, near: '1' });
  await expectTotal(page, await totalOf(site, { plate_like: { text: asked, max_distance: 1 } }));
  await expect(rows(page).first()).toContainText(plate);
  await expect(page.getByLabel('Order')).toContainText('Best match');
});

test('a camera is found by its name', async ({ page, site, open }) => {
  const { features } = await site.server.call<{
    features: { id: string; properties: { name: string } }[];
  }>('GET', '/v1/cameras');
  const camera = features.find(({ id }) => id.startsWith('K-'));
  if (camera === undefined) throw new Error('the city has no camera');
  await open('search');
  await box(page).fill(camera.id);
  await page.getByRole('option', { name: camera.properties.name }).first().click();
  await expectTotal(page, await totalOf(site, { cameras: [camera.id] }));
  expect(state(page).get('cameras')).toBe(camera.id);
});

test('an area is drawn by pointer, a circle by keyboard', async ({ page, site, open }) => {
  // The days of the city alone: the taxis are on the other side of the world.
  const time = { from: site.city.from, to: site.city.to };
  await open('search', time);
  await expect(rows(page).first()).toBeVisible();
  await mapIsDrawn(page);
  await page.getByRole('button', { name: 'Draw an area to search in' }).click();
  const map = await page.locator('.maplibregl-canvas').boundingBox();
  if (map === null) throw new Error('there is no map');
  for (const [x, y] of [
    [0.2, 0.3],
    [0.8, 0.3],
    [0.5, 0.85],
  ] as const) {
    await page.mouse.click(map.x + x * map.width, map.y + y * map.height);
  }
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('button', { name: 'Remove: In an area of 3 corners' })).toBeVisible();
  const ring = (state(page).get('area') ?? '').replace('polygon:', '').split(';');
  const corners = ring.map((corner) => corner.split(',').map(Number));
  const area = { type: 'Polygon', coordinates: [[...corners, corners[0]]] };
  await expectTotal(page, await totalOf(site, { area, time }));
  await mapIsDrawn(page);
  await screenshot(page, 'search-area');

  await page.getByRole('button', { name: 'Remove the area' }).click();
  await expect(page.getByRole('button', { name: /^Remove: In an area/ })).toHaveCount(0);
  await page.getByRole('button', { name: 'Draw a circle to search in' }).click();
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await mapIsDrawn(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Remove: Within .* of a point/ })).toBeVisible();
  const [lon, lat, radius] = (state(page).get('area') ?? '').replace('circle:', '').split(',');
  const near = { lon: Number(lon), lat: Number(lat), radius_m: Number(radius) };
  const total = await totalOf(site, { near, time });
  if (total.count > 1) await expectTotal(page, total);
  else
    await expect(
      page.getByText(total.count === 0 ? 'No sighting fits' : /^1 sighting/),
    ).toBeVisible();
});

test('a window of time is brushed on the histogram', async ({ page, site, open }) => {
  await open('search', { cameras: 'K-0001,K-0002,K-0003' });
  const bars = page.getByRole('region', { name: 'Sightings over time' }).locator('svg');
  const place = await bars.boundingBox();
  if (place === null) throw new Error('there is no histogram');
  const y = place.y + place.height / 2;
  await page.mouse.move(place.x + place.width * 0.9, y);
  await page.mouse.down();
  await page.mouse.move(place.x + place.width * 0.99, y, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByRole('button', { name: /^Remove: From/ })).toBeVisible();
  const instant = (end: string) => new Date(state(page).get(end) ?? '').toISOString();
  const [from, to] = [instant('from'), instant('to')];
  const filter = { cameras: ['K-0001', 'K-0002', 'K-0003'], time: { from, to } };
  const total = await totalOf(site, filter);
  if (total.count > 1) await expectTotal(page, total);
  // By keyboard: the start moves by a bar.
  await page.getByRole('slider', { name: 'Start of the window' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => instant('from')).not.toBe(from);
});

test('looks are chosen by how many bear them', async ({ page, site, open }) => {
  const time = { from: site.city.from, to: site.city.to };
  await open('search', { ...time, tab: 'filters' });
  const { count } = await totalOf(site, { attributes: { color: 'red' }, time });
  const red = page.getByRole('checkbox', {
    name: `red, ${count.toLocaleString('en-GB')} sightings`,
  });
  await expect(red).toBeVisible();
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'search-filters');
  await red.check();
  await page.getByRole('tab', { name: 'Results' }).click();
  await expectTotal(page, await totalOf(site, { attributes: { color: 'red' }, time }));
  expect(state(page).get('attributes')).toBe('{"color":["red"]}');
  await page.getByRole('button', { name: 'Remove: Colour: red' }).click();
  expect(state(page).has('attributes')).toBe(false);
});

test('a sighting opens in full, and the back button leads back', async ({ page, site, open }) => {
  await open('search', { q: site.city.plate });
  const first = rows(page).first();
  await expect(first).toBeVisible();
  await mapIsDrawn(page);
  await screenshot(page, 'search');
  await first.hover();
  await rows(page).nth(1).click();
  const detail = page.getByRole('article', { name: 'Sighting' });
  await expect(detail).toContainText(site.city.plate);
  await expect(detail.getByRole('link', { name: 'Find similar' })).toBeVisible();
  await expect(page.getByText(/^2 of /)).toBeVisible();
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'sighting');
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText(/^3 of /)).toBeVisible();
  await page.goBack();
  await expect(rows(page).first()).toBeVisible();
  await expect(detail).toHaveCount(0);
  await page.goForward();
  await expect(detail).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(rows(page).first()).toBeVisible();

  // An address that was shared opens the same, also where the sighting is not on the first page.
  await page.getByRole('group', { name: /^Sightings\./ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(detail).toBeVisible();
  await page.reload();
  await signIn(page, site.token);
  await expect(detail).toContainText(site.city.plate);
});

test('the list goes on as one scrolls, and can be turned round', async ({ page, open }) => {
  await open('search', { all: '1' });
  const list = page.getByRole('group', { name: /^Sightings\./ });
  await expect(list.getByRole('listitem').first()).toHaveAttribute('aria-setsize', '200');
  const newest = await rows(page).first().locator('time').textContent();
  await list.focus();
  await page.keyboard.press('End');
  await expect(list.getByRole('listitem').first()).toHaveAttribute('aria-setsize', /^[46]00$/);
  await page.getByLabel('Order').selectOption('time_asc');
  await expect(list.getByRole('listitem').first()).toHaveAttribute('aria-setsize', '200');
  await expect(rows(page).first().locator('time')).not.toHaveText(newest ?? '');
  expect(state(page).get('order')).toBe('time_asc');
});

test('the whole answer is exported, with who, when and why', async ({ page, site, open }) => {
  await open('search', { q: site.city.plate });
  const { count } = await totalOf(site, { plate: site.city.plate });
  await page.getByRole('button', { name: 'Export' }).click();
  for (const [label, extension] of [
    ['NDJSON', 'ndjson'],
    [/^JSON/, 'json'],
    [/^CSV/, 'csv'],
  ] as const) {
    await test.step(extension, async () => {
      const button = page.getByRole('button', { name: label });
      if (!(await button.isVisible())) await page.getByRole('button', { name: 'Export' }).click();
      const [file] = await Promise.all([page.waitForEvent('download'), button.click()]);
      const parts = unzipSync(readFileSync(await file.path()));
      const name = Object.keys(parts).find((part) => part.endsWith(`.${extension}`)) ?? '';
      const text = strFromU8(parts[name] ?? new Uint8Array());
      const manifest = JSON.parse(strFromU8(parts['manifest.json'] ?? new Uint8Array())) as {
        purpose: string;
        case: string;
        request: { path: string };
      };
      expect(manifest).toMatchObject({ purpose: 'trying the console', case: 'E2E-1' });
      if (extension === 'ndjson') expect(text.trimEnd().split('\n')).toHaveLength(count);
      if (extension === 'json') {
        expect((JSON.parse(text) as { sightings: unknown[] }).sightings).toHaveLength(count);
      }
      if (extension === 'csv') expect(text).toMatch(/^camera_id,hour,/);
    });
  }
});

test('where nothing fits, there are ways on', async ({ page, site, open }) => {
  const off = `${site.city.plate.slice(0, -1)}${site.city.plate.endsWith('1') ? '7' : '1'}`;
  await open('search', {
    q: off,
    cameras: 'K-0001',
    from: '1999-01-01T00:00Z',
    to: '1999-01-02T00:00Z',
  });
  await expect(page.getByRole('heading', { name: 'No sighting fits' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'At any time' }).click();
  await page.getByRole('link', { name: 'At any camera' }).click();
  await page.getByRole('link', { name: /^Plates like/ }).click();
  await expect(rows(page).first()).toContainText(site.city.plate);
});

test('real taxis are found by their call name', async ({ page, bay, watch }) => {
  test.skip(bay === null, 'the real data are not at hand');
  if (bay === null) return;
  watch.allow(bay.url);
  await page.goto(`${bay.url}${address('search')}`);
  await signIn(page, bay.token);
  const { plate } = bay.cabs;
  await box(page).fill(plate.toLowerCase());
  await page.keyboard.press('Enter');
  await expectTotal(page, await totalOf(bay, { plate }));
});

test('what the server refuses is said, and can be tried again', async ({ page, site, open }) => {
  await open('search', { q: site.city.plate, near: '1' });
  await expect(rows(page).first()).toBeVisible();
  await page.route('**/v1/search/sightings', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      headers: { 'Retry-After': '5' },
      body: JSON.stringify({ title: 'Busy', status: 503, detail: 'too many questions wait' }),
    }),
  );
  await page.getByLabel('Order').selectOption('time_asc');
  await expect(page.getByRole('alert')).toContainText('too many questions wait');
  await page.unroute('**/v1/search/sightings');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(rows(page).first()).toBeVisible();
});

test('markup in a plate is a plate', async ({ page, watch }) => {
  const server = await Server.make();
  try {
    watch.allow(server.url);
    const plate = '<I>X9</I>';
    const stored = await server.call<{ accepted: number; errors?: unknown }>(
      'POST',
      '/v1/sightings',
      [
        {
          source_id: '1',
          camera_id: 'K-1',
          time: '2024-03-04T08:00:00Z',
          location: { lon: 116.3, lat: 39.9 },
          plate: '京A12345',
          plate_read: plate,
          attributes: { brand: plate, '<u>name</u>': '<s>value</s>' },
        },
      ],
    );
    expect(stored).toMatchObject({ accepted: 1 });
    await page.goto(`${server.url}${address('search', { q: '京A12345' })}`);
    await signIn(page, server.token);
    await rows(page).first().click();
    const detail = page.getByRole('article', { name: 'Sighting' });
    await expect(detail).toContainText(plate);
    await expect(detail).toContainText('<s>value</s>');
    await expect(page.locator('i, s, u')).toHaveCount(0);
    await page.goto(`${server.url}${address('search', { q: plate })}`);
    await signIn(page, server.token);
    await expect(page.getByRole('button', { name: `Remove: Plate ${plate}` })).toBeVisible();
    await expect(page.locator('i')).toHaveCount(0);
  } finally {
    await server.remove();
  }
});
