// From a search to a trajectory, its replay, and its export; and two vehicles that meet.

import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';

import {
  address,
  expect,
  expectAccessible,
  mapIsDrawn,
  screenshot,
  signIn,
  test,
} from './fixtures';

test('search → trajectory → replay → export, of a real taxi', async ({ page, bay, watch }) => {
  test.skip(bay === null, 'the real data are not at hand');
  if (bay === null) return;
  watch.allow(bay.url);
  await page.goto(`${bay.url}${address('search')}`);
  await signIn(page, bay.token);
  await page.keyboard.press('/');
  await page.keyboard.type(bay.cabs.plate);
  await page.keyboard.press('Enter');
  const results = page.getByRole('group', { name: /^Sightings/ });
  await expect(results.getByText(bay.cabs.plate).first()).toBeVisible();
  await results.getByRole('button').first().click();
  await page
    .getByRole('link', { name: /Replay/ })
    .last()
    .click();
  await expect(page).toHaveURL(/\/console\/replay\?/);

  const play = page.getByRole('button', { name: 'Play', exact: true });
  await expect(play).toBeVisible();
  await expect(page.getByRole('tab', { name: /Trips/ })).toBeVisible();
  await mapIsDrawn(page);
  const clock = page.getByRole('slider').first();
  const before = await clock.getAttribute('aria-valuenow');
  await play.click();
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await expect.poll(() => clock.getAttribute('aria-valuenow')).not.toBe(before);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Export' }).first().click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'GPX' }).click();
  const files = unzipSync(readFileSync(await (await downloading).path()));
  const text = (ending: string) => {
    const name = Object.keys(files).find((each) => each.endsWith(ending));
    return new TextDecoder().decode(name === undefined ? undefined : files[name]);
  };
  expect(text('.gpx')).toContain('<trkpt');
  const manifest = text('.json');
  expect(manifest).toContain('trying the console');
  expect(manifest).toContain('E2E-1');
});

test('two that travel together are seen to meet', async ({ page, site, open }) => {
  const [convoy] = site.city.convoys;
  expect(convoy?.length).toBeGreaterThan(1);
  await open('replay', { plates: (convoy ?? []).slice(0, 2).join(',') });
  await expect(page.getByRole('list', { name: 'Vehicles in this replay' })).toContainText(
    'readings',
  );
  await page.getByRole('tab', { name: /Meetings/ }).click();
  await expect(page.getByText(/apart$/).first()).toBeVisible();
  await mapIsDrawn(page);
  await expectAccessible(page);
  await page.getByRole('tab', { name: /Trips/ }).click();
  await screenshot(page, 'replay');
});
