// How a vehicle lives, and which vehicles live in a certain way.

import { expect, expectAccessible, mapIsDrawn, screenshot, test } from './fixtures';

test('the habits of a commuter', async ({ page, site, open }) => {
  await open('habits');
  await page.getByLabel('Plate', { exact: true }).fill(site.city.plate);
  await page.getByRole('button', { name: 'Show its habits' }).click();
  const places = page.getByRole('region', { name: 'Resting places' });
  await expect(places.getByRole('listitem').first()).toContainText('home');
  await expect(page.getByRole('table', { name: 'Readings by weekday and hour' })).toBeVisible();
  await expect(page.getByRole('rowheader', { name: 'Mon' })).toBeVisible();
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'habits');
  await page.getByRole('link', { name: 'Replay', exact: true }).last().click();
  await expect(page).toHaveURL(/\/console\/replay\?/);
});

test('vehicles are found by habit', async ({ page, open }) => {
  await open('habits', { tab: 'find' });
  await expect(page.getByRole('button', { name: 'Find', exact: true })).toBeDisabled();
  await page.getByLabel('passes often').check();
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  const list = page.getByRole('group', { name: 'Vehicles with these habits' });
  const first = list.getByRole('link').first();
  await expect(first).toContainText('passes on');
  await expectAccessible(page);
  await screenshot(page, 'find-by-habit');
  const plate = (await first.locator('bdi').textContent()) ?? '';
  await first.click();
  await expect(page.getByRole('region', { name: 'Resting places' })).toBeVisible();
  await expect(page.getByLabel('Plate', { exact: true })).toHaveValue(plate);
});

test('a plate that was never seen has no habits', async ({ page, open }) => {
  await open('habits', { plate: '京Z00000' });
  await expect(page.getByText('No readings of this plate in the window')).toBeVisible();
  await expectAccessible(page);
});
