// Counts over a city of which the numbers are known from the API itself.

import { expect, expectAccessible, mapIsDrawn, screenshot, test } from './fixtures';

interface Counts {
  rows: { count: number; distinct_plates: number; 'attributes.color'?: string }[];
}

test('counts agree with the API, are narrowed and exported', async ({ page, site, open }) => {
  const filter = { time: { from: site.city.from, to: site.city.to } };
  const count = (group_by: string[]) =>
    site.server.call<Counts>('POST', '/v1/stats/counts', { filter, group_by });
  const whole = (await count([])).rows[0];
  await open('counts', { from: site.city.from, to: site.city.to });
  const total = page.getByRole('definition').first();
  await expect(total).toHaveText((whole?.count ?? 0).toLocaleString('en-GB'));
  await expect(page.getByRole('definition').nth(1)).toHaveText(
    (whole?.distinct_plates ?? 0).toLocaleString('en-GB'),
  );
  await expect(page.getByRole('img', { name: /over time/ }).locator('canvas')).toBeVisible();
  // 96 hours, one row each.
  await expect(page.getByRole('table').first().locator('tbody tr')).toHaveCount(96);
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'counts');

  await page.getByLabel('Group by').selectOption('attributes.color');
  const colors = (await count(['attributes.color'])).rows;
  const most = colors.reduce((a, b) => (b.count > a.count ? b : a));
  const row = page.getByRole('table').first().locator('tbody tr').first();
  await expect(row).toContainText(most.count.toLocaleString('en-GB'));
  await row.getByRole('button').click();
  await expect(total).toHaveText(most.count.toLocaleString('en-GB'));
  await expect(page).toHaveURL(/attributes=/);

  await page.getByRole('button', { name: 'Export' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  expect((await downloading).suggestedFilename()).toMatch(/^counts-.*\.csv\.zip$/);
});

test('counts refresh by themselves', async ({ page, open }) => {
  await open('counts');
  await expect(page.getByText(/^As of/)).toBeVisible();
  await page.getByLabel('Refresh', { exact: true }).selectOption('10');
  await expect(page).toHaveURL(/refresh=10/);
  const again = page.waitForRequest((request) => request.url().endsWith('/v1/stats/counts'), {
    timeout: 20_000,
  });
  await again;
});

test('trips and travel times between cameras', async ({ page, open }) => {
  await open('counts', { tab: 'flows' });
  await page.getByRole('button', { name: 'Take the last day stored' }).click();
  await expect(page.getByRole('region', { name: /^Busiest cameras/ })).toBeVisible();
  await page
    .getByRole('group', { name: 'From camera to camera' })
    .getByRole('button')
    .first()
    .click();
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'trips');

  await page.getByRole('tab', { name: 'Travel times' }).click();
  const ways = page.getByRole('group', { name: 'From one camera to the next' });
  await expect(ways.getByRole('button').first()).toContainText('km/h');
  await ways.getByRole('button').first().click();
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'travel-times');
});
