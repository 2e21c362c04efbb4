// Who was at several scenes.

import { expect, expectAccessible, mapIsDrawn, screenshot, test } from './fixtures';

interface Found {
  sightings: { camera_id: string; time: string }[];
}

test('a plate that was at two scenes is found, and shown at each', async ({ page, site, open }) => {
  const { plate } = site.city;
  const found = await site.server.call<Found>('POST', '/v1/search/sightings', {
    filter: { plate },
    order: 'time_asc',
  });
  const first = found.sightings[0];
  const last = found.sightings.find(
    ({ camera_id, time }) =>
      camera_id !== first?.camera_id && time.slice(0, 10) !== first?.time.slice(0, 10),
  );
  if (first === undefined || last === undefined) throw new Error(`${plate} was seen too seldom`);
  await open('common');
  await expect(page.getByRole('button', { name: 'Find common plates' })).toBeDisabled();
  await expectAccessible(page);

  for (const [index, seen] of [first, last].entries()) {
    const scene = page.getByRole('listitem', { name: `Scene ${index + 1}` });
    if (index > 0) await scene.getByRole('button', { name: /^Edit/ }).click();
    await scene.getByLabel('From', { exact: true }).fill(wallClock(seen.time, -20));
    await scene.getByLabel('To', { exact: true }).fill(wallClock(seen.time, 20));
    await scene.getByLabel('Cameras').fill(seen.camera_id);
    await scene.getByLabel('Cameras').press('Enter');
  }
  await page.getByRole('button', { name: 'Find common plates' }).click();
  const list = page.getByRole('list', { name: 'Plates at several scenes' });
  const row = list.getByRole('listitem').filter({ hasText: plate });
  await row.getByRole('button').first().click();
  await expect(row).toContainText('2 of 2 scenes');
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
  await expect(row).toContainText('2 of 2 scenes');
});

/** As the session shows it, in Asia/Shanghai, some minutes off. */
function wallClock(time: string, minutes: number): string {
  return new Date(Date.parse(time) + (8 * 60 + minutes) * 60_000).toISOString().slice(0, 19);
}
