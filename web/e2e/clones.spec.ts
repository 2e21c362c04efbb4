// A cloned plate, from the sweep to the verdict.

import { expect, expectAccessible, mapIsDrawn, screenshot, test } from './fixtures';

test('a cloned plate, from sweep to verdict', async ({ page, site, open }) => {
  test.setTimeout(120_000);
  await open('clones', { tab: 'sweeps' });
  await page.getByLabel('From', { exact: true }).fill('2024-03-04T00:00');
  await page.getByLabel('To', { exact: true }).fill('2024-03-08T00:00');
  await page.getByRole('button', { name: 'Start the sweep' }).click();
  const job = page.getByRole('list', { name: 'Sweeps' }).getByRole('listitem').first();
  await expect(job.getByText('done', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expectAccessible(page);
  await screenshot(page, 'sweeps');

  await job.getByRole('link', { name: 'Show the conflicts' }).click();
  const list = page.getByRole('group', { name: 'Conflicts found' });
  const found = list.getByRole('link').filter({ hasText: 'cloned' });
  await expect(found.first()).toBeVisible();
  await screenshot(page, 'clones');
  const plates = await list.locator('bdi').allTextContents();
  const planted = site.city.clones.map(({ plate }) => plate);
  const plate = plates.find((each) => planted.includes(each));
  expect(plate, `none of ${plates.join(' ')} was planted (${planted.join(' ')})`).toBeDefined();

  await found.filter({ hasText: plate ?? '' }).click();
  await expect(page.getByText('km/h would be needed')).toBeVisible();
  const explained = page.getByRole('region', { name: 'What explains it' });
  await expect(explained.getByText('cloned', { exact: true })).toBeVisible();
  const vehicle = page.getByRole('article', { name: 'Vehicle 2' });
  await expect(vehicle).toContainText(/[\d,]+ readings/);
  const readings = /[\d,]+ readings/.exec((await vehicle.textContent()) ?? '')?.[0] ?? '';
  await expect(page.getByText('likely genuine', { exact: true })).toHaveCount(1);
  await mapIsDrawn(page);
  await expectAccessible(page);
  await screenshot(page, 'clone');
  await vehicle.scrollIntoViewIfNeeded();
  await screenshot(page, 'clone-vehicles');
  // Whatever the server says is said in Chinese, too.
  await page.getByRole('button', { name: '中文', exact: true }).click();
  await expect(page.getByRole('article', { name: '车辆 2' }).getByRole('listitem')).not.toHaveCount(
    0,
  );
  await expect(page.locator('li[lang="en"]')).toHaveCount(0);
  await page.getByRole('button', { name: 'English', exact: true }).click();

  await page.getByLabel('Genuine vehicle').selectOption('1');
  await page.getByLabel('Note').fill('owner <b>asked</b>, his car is the second');
  await page.getByRole('button', { name: 'Confirm: cloned' }).click();
  await expect(page.getByText('The verdict is saved.')).toBeVisible();
  await expect(page.getByText('confirmed by owner')).toBeVisible();
  const verdict = page.getByRole('region', { name: 'Your verdict' });
  await expect(verdict.getByText('owner <b>asked</b>')).toBeVisible();
  // Each keeps its number and colour, whichever is genuine.
  await expect(vehicle).toContainText('genuine by verdict');
  await expect(vehicle).toContainText(readings);
  await expect(page.getByRole('article', { name: 'Vehicle 1' })).toContainText('fake by verdict');

  // The verdict is the server's: it is there for whoever comes to the address.
  await page.getByRole('link', { name: 'All conflicts' }).click();
  await page.getByLabel('State').selectOption('confirmed');
  await expect(list.locator('bdi')).toHaveText([plate ?? '']);

  // A colleague's verdict in between is shown, not overwritten unseen.
  await found.first().click();
  await expect(verdict.getByText('owner <b>asked</b>')).toBeVisible();
  const id = new URL(page.url()).searchParams.get('id') ?? '';
  const judged = await site.server.call<{ status: string }>('PATCH', `/v1/cloned-plates/${id}`, {
    status: 'dismissed',
    note: 'one driver with two cars',
  });
  expect(judged.status).toBe('dismissed');
  await page.getByRole('button', { name: 'Open again' }).click();
  await expect(page.getByText('Not saved: somebody else gave a verdict')).toBeVisible();
  await expect(verdict.getByText('one driver with two cars')).toBeVisible();
  await page.getByRole('button', { name: 'Open again' }).click();
  await expect(page.getByText('The verdict is saved.')).toBeVisible();
});

test('a window that ends before it begins cannot be swept', async ({ page, open }) => {
  await open('clones', { tab: 'sweeps' });
  await page.getByLabel('From', { exact: true }).fill('2024-03-08T00:00');
  await page.getByLabel('To', { exact: true }).fill('2024-03-04T00:00');
  await expect(page.getByText('The end lies before the start.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start the sweep' })).toBeDisabled();
});

test('a conflict that does not exist is said not to', async ({ page, open }) => {
  await open('clones', { id: '00000000000000000000000000000000' });
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
});
