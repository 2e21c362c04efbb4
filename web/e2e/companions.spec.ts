// Who travels with a vehicle, and all groups of a window.

import type { CompanionsAnswer } from '../src/api/companions';
import { expect, expectAccessible, mapIsDrawn, screenshot, test, type Site } from './fixtures';

async function toldFrom(site: Site): Promise<[string, string[]] | undefined> {
  for (const [plate = '', ...others] of site.city.convoys) {
    const { companions } = await site.server.call<CompanionsAnswer>(
      'GET',
      `/v1/plates/${encodeURIComponent(plate)}/companions`,
    );
    const first = companions[0];
    if (first?.significant === true && first.meetings > 3 && others.includes(first.plate)) {
      return [plate, others];
    }
  }
  return undefined;
}

test('a companion is found, and where the two met', async ({ page, site, open }) => {
  // Some convoys share too few cameras to be told from the crowd: one that is.
  const [plate = '', others = []] = (await toldFrom(site)) ?? [];
  await open('companions');
  await expect(page.getByText('Who travels with a vehicle?')).toBeVisible();
  await page.getByLabel('Plate', { exact: true }).fill(plate);
  await page.getByRole('button', { name: 'Find companions' }).click();
  const list = page.getByRole('group', { name: /^Companions/ });
  const first = list.getByRole('listitem').first();
  await expect(first).toContainText('not by chance');
  const found = (await first.locator('bdi').textContent()) ?? '';
  expect(others).toContain(found);
  await expectAccessible(page);
  await screenshot(page, 'companions');

  await first.getByRole('link').click();
  const meetings = page.getByRole('region', { name: 'Where they met' });
  await expect(meetings.getByRole('listitem').nth(2)).toBeVisible();
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'companion');

  // The address holds the pair; the way back leads to the list.
  await expect(page).toHaveURL(new RegExp(`other=${encodeURIComponent(found)}`));
  await page.goBack();
  await expect(first).toBeVisible();
  await first.getByRole('link').click();
  await page.getByRole('link', { name: 'Replay both' }).click();
  await expect(page.getByRole('list', { name: 'Vehicles in this replay' })).toContainText(found);
});

test('all groups of a window are found by a job', async ({ page, site, open }) => {
  await open('companions', { tab: 'groups' });
  await page.getByLabel('From', { exact: true }).fill('2024-03-04T00:00');
  await page.getByLabel('To', { exact: true }).fill('2024-03-08T00:00');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const job = page.getByRole('list', { name: 'Searches for groups' }).getByRole('listitem').first();
  await expect(job.getByText('done', { exact: true })).toBeVisible({ timeout: 60_000 });
  const plates = await job.locator('bdi').allTextContents();
  const planted = site.city.convoys.flat();
  expect(plates.filter((plate) => planted.includes(plate)).length).toBeGreaterThan(1);
  await expectAccessible(page);
  await screenshot(page, 'groups');
});
