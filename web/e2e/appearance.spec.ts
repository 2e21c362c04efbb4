// Find similar: from a sighting to its look-alikes, ticks that narrow, and two side by side.

import type { Page } from '@playwright/test';

import { expect, expectAccessible, mapIsDrawn, screenshot, test, type Site } from './fixtures';

interface Match {
  similarity: number;
  sighting: { id: string; plate?: string };
}

/** A sighting of the city's plate that bears a vector. */
async function exampleOf(site: Site): Promise<string> {
  const { sightings } = await site.server.call<{ sightings: { id: string }[] }>(
    'POST',
    '/v1/search/sightings',
    { filter: { plate: site.city.plate }, limit: 1 },
  );
  const first = sightings[0];
  if (first === undefined) throw new Error('the plate was not seen');
  return first.id;
}

async function matchesOf(site: Site, question: object): Promise<Match[]> {
  const answer = await site.server.call<{ matches: Match[] }>('POST', '/v1/search/image', {
    group_by: 'plate',
    space: 'vehicle',
    k: 20,
    ...question,
  });
  return answer.matches;
}

const list = (page: Page) => page.getByRole('group', { name: /^Look-alikes,/ });
const state = (page: Page) => new URL(page.url()).searchParams;

test('find similar leads from a sighting to what looks like it', async ({ page, site, open }) => {
  await open('search', { q: site.city.plate });
  await page
    .getByRole('group', { name: /^Sightings\./ })
    .getByRole('button')
    .first()
    .click();
  await page.getByRole('link', { name: 'Find similar' }).click();
  await expect(list(page).getByRole('listitem').first()).toContainText(/\d%/);
  const like = state(page).get('like') ?? '';
  const matches = await matchesOf(site, { like: [{ sighting_id: like }] });
  const nearest = matches[0];
  expect(nearest?.sighting.plate).toBe(site.city.plate);
  await expect(list(page).getByRole('listitem').first()).toContainText(site.city.plate);
  await expect(list(page).getByRole('listitem').first()).toContainText('same plate');
  await expect(page.getByText(/^Best 20 plates/)).toBeVisible();
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'appearance');
  await page.goBack();
  await expect(page.getByRole('article', { name: 'Sighting' })).toBeVisible();
});

test('ticking what it is and is not narrows the list', async ({ page, site, open }) => {
  const like = await exampleOf(site);
  await open('appearance', { like });
  const rows = list(page).getByRole('listitem');
  await expect(rows.first()).toBeVisible();
  const before = await matchesOf(site, { like: [{ sighting_id: like }] });
  const second = before[1]?.sighting.id ?? '';
  await rows
    .nth(1)
    .getByRole('button', { name: /^Not like/ })
    .click();
  await expect(page.getByRole('list', { name: 'Does not look like' })).toBeVisible();
  expect(state(page).get('unlike')).toBe(second);
  const after = await matchesOf(site, {
    like: [{ sighting_id: like }],
    unlike: [{ sighting_id: second }],
  });
  expect(after.map(({ sighting }) => sighting.id)).not.toContain(second);
  await expect(rows.nth(1)).toContainText(after[1]?.sighting.plate ?? 'not read');
  await rows
    .first()
    .getByRole('button', { name: /^Like the wanted/ })
    .click();
  await expect(
    page.getByRole('list', { name: 'Looks like', exact: true }).getByRole('listitem'),
  ).toHaveCount(2);
  await page.goBack();
  await page.goBack();
  await expect(page.getByRole('list', { name: 'Does not look like' })).toHaveCount(0);
});

test('an example and a look-alike stand side by side', async ({ page, site, open }) => {
  const like = await exampleOf(site);
  await open('appearance', { like, travel: '1' });
  const rows = list(page).getByRole('listitem');
  await expect(rows.first()).toContainText(/reachable|out of reach/);
  await list(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const compared = page.getByRole('article', { name: 'Compared with the example' });
  await expect(compared).toContainText(/attributes? differs?|No stated attribute differs/);
  await expect(compared.getByRole('row').nth(1)).toContainText(/differs|same|not stated/);
  await expect(compared).toContainText('as the crow flies');
  expect(state(page).get('id')).toMatch(/^[0-9a-f]+$/);
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'appearance-compare');
  await page.keyboard.press('Escape');
  await expect(rows.first()).toBeVisible();
});

test('filters and options narrow the comparison', async ({ page, site, open }) => {
  const like = await exampleOf(site);
  await open('appearance', { like, tab: 'filters' });
  await page.getByLabel('Largest distance').fill('230');
  await page.getByLabel('Largest distance').press('Tab');
  await expect(page.getByText(/At this distance .*% likely the same vehicle/)).toBeVisible();
  await page.getByLabel('One row for each plate').uncheck();
  await expectAccessible(page);
  await screenshot(page, 'appearance-filters');
  const expected = await matchesOf(site, {
    like: [{ sighting_id: like }],
    max_distance: 230,
    group_by: undefined,
  });
  await page.getByRole('tab', { name: 'Look-alikes' }).click();
  await expect(list(page).getByRole('listitem').first()).toHaveAttribute(
    'aria-setsize',
    String(expected.length),
  );
  expect(state(page).get('group')).toBe('0');
});

test('without an example one is chosen; the place for a picture is kept', async ({
  page,
  site,
  open,
}) => {
  await open('appearance');
  await expect(page.getByRole('group', { name: 'Drop a picture' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expectAccessible(page);
  await page.getByLabel('Begin with a sighting of a plate').fill(site.city.plate);
  await page.getByRole('button', { name: 'Show sightings' }).click();
  await page
    .getByRole('list', { name: 'Choose the sighting to begin with' })
    .getByRole('button')
    .first()
    .click();
  await expect(list(page).getByRole('listitem').first()).toBeVisible();
});

test('a space that the example has no vector of is explained', async ({ page, site, open }) => {
  await open('appearance', { like: await exampleOf(site), space: 'detail' });
  await expect(page.getByRole('alert')).toContainText('no vector of the space');
});
