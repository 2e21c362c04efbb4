// Who was at several scenes.

import { expect, expectAccessible, mapIsDrawn, screenshot, test } from './fixtures';

interface Found {
  sightings: { camera_id: string; time: string }[];
}

test('a plate that was at several scenes is found, and shown at each', async ({
  page,
  site,
  open,
}) => {
  const { plate } = site.city;
  const found = await site.server.call<Found>('POST', '/v1/search/sightings', {
    filter: { plate },
    order: 'time_asc',
  });
  // Where it was but once: not what it does anyway.
  const days = new Set<string>();
  const scenes = found.sightings.filter(({ camera_id, time }) => {
    const isRare = found.sightings.filter((each) => each.camera_id === camera_id).length === 1;
    if (!isRare || days.has(time.slice(0, 10))) return false;
    days.add(time.slice(0, 10));
    return true;
  });
  expect(scenes.length, `${plate} is never off its ways`).toBeGreaterThanOrEqual(2);
  const all = `${scenes.length} of ${scenes.length} scenes`;
  await open('common');
  await expect(page.getByRole('button', { name: 'Find common plates' })).toBeDisabled();
  await expectAccessible(page);

  for (const [index, seen] of scenes.entries()) {
    if (index >= 2) await page.getByRole('button', { name: 'Add a scene' }).click();
    const scene = page.getByRole('listitem', { name: `Scene ${index + 1}` });
    if (index === 1) await scene.getByRole('button', { name: /^Edit/ }).click();
    await scene.getByLabel('From', { exact: true }).fill(wallClock(seen.time, -5));
    await scene.getByLabel('To', { exact: true }).fill(wallClock(seen.time, 5));
    await scene.getByLabel('Cameras').fill(seen.camera_id);
    await scene.getByLabel('Cameras').press('Enter');
  }
  await page.getByRole('button', { name: 'Find common plates' }).click();
  const list = page.getByRole('list', { name: 'Plates at several scenes' });
  const row = list.getByRole('listitem').filter({ hasText: plate });
  await row.getByRole('button').first().click();
  await expect(row).toContainText(all);
  await expect(
    row
      .getByRole('link')
      .filter({ has: page.locator('time') })
      .first(),
  ).toBeVisible();
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'common');

  // The scenes stand in the address: whoever is given it sees the same.
  const address = page.url();
  await row.getByRole('link', { name: 'Replay it' }).click();
  await expect(page).toHaveURL(/\/replay\?/);
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(row).toContainText(all);
});

/** As the session shows it, in Asia/Shanghai, some minutes off. */
function wallClock(time: string, minutes: number): string {
  return new Date(Date.parse(time) + (8 * 60 + minutes) * 60_000).toISOString().slice(0, 19);
}
