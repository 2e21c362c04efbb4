// Without a pointer: from a search to an export, and from a sweep to a verdict.

import { type Locator, type Page } from '@playwright/test';

import { expect, mapIsDrawn, test } from './fixtures';

// More steps than any view has places to stop at.
const kMostSteps = 120;

/** Moves the focus with Tab until it is on what is wanted, which must show that it has it. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await expect(wanted).toBeVisible();
  for (let step = 0; step < kMostSteps; ++step) {
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      const outline = await wanted.evaluate((element) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth);
      });
      expect(outline, 'the focus shows').toBeGreaterThan(0);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${String(wanted)}`);
}

async function press(page: Page, wanted: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}

test('search → replay → export by keyboard alone', async ({ page, site, open }) => {
  await open('search');
  await page.keyboard.press('/');
  await page.keyboard.type(site.city.plate);
  await page.keyboard.press('Enter');
  const list = page.getByRole('group', { name: /^Sightings\./ });
  await expect(list.getByRole('button').first()).toBeVisible();
  await tabTo(page, list);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^[12] of \d+$/)).toBeVisible();

  await press(page, page.getByRole('link', { name: 'Replay its way' }));
  await expect(page).toHaveURL(/\/console\/replay\?/);
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await mapIsDrawn(page);
  const clock = page.getByRole('slider').first();
  const before = await clock.getAttribute('aria-valuenow');
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => clock.getAttribute('aria-valuenow')).not.toBe(before);
  await press(page, page.getByRole('button', { name: 'Play', exact: true }), 'Space');
  await expect(page.getByRole('button', { name: 'Pause', exact: true })).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();

  await press(page, page.getByRole('button', { name: 'Export' }).first());
  const downloading = page.waitForEvent('download');
  await press(page, page.getByRole('button', { name: 'GeoJSON' }));
  expect((await downloading).suggestedFilename()).toMatch(/\.zip$/);
});

test('sweep → verdict by keyboard alone', async ({ page, open }) => {
  test.setTimeout(120_000);
  await open('clones', { tab: 'sweeps' });
  // The parts of a time are the browser's own, in the order of its language: filled in as a whole.
  for (const [name, time] of [
    ['From', '2024-03-04T00:00'],
    ['To', '2024-03-07T23:00'],
  ] as const) {
    await tabTo(page, page.getByLabel(name, { exact: true }));
    await page.getByLabel(name, { exact: true }).fill(time);
  }
  await press(page, page.getByRole('button', { name: 'Start the sweep' }));
  // By its window: other tests have swept before.
  const job = page
    .getByRole('list', { name: 'Sweeps' })
    .getByRole('listitem')
    .filter({ hasText: '2024-03-07 23:00:00' })
    .first();
  await expect(job.getByText('done', { exact: true })).toBeVisible({ timeout: 60_000 });
  await press(page, job.getByRole('link', { name: 'Show the conflicts' }));

  const list = page.getByRole('group', { name: 'Conflicts found' });
  await expect(list.getByRole('link').filter({ hasText: 'cloned' }).first()).toBeVisible();
  await tabTo(page, list);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByText('km/h would be needed')).toBeVisible();
  await tabTo(page, page.getByLabel('Note'));
  await page.keyboard.type('seen by keyboard');
  await press(page, page.getByRole('button', { name: 'Dismiss' }));
  await expect(page.getByText('The verdict is saved.')).toBeVisible();
  await press(page, page.getByRole('button', { name: 'Open again' }));
  await expect(page.getByRole('button', { name: 'Open again' })).toBeHidden();
});
