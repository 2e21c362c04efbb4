// What holds for each view, whichever there are: it opens, bears a look by axe-core in light and
// dark, and fits a tablet.

import { type Page } from '@playwright/test';

import { address, expect, expectAccessible, mapIsDrawn, signIn, test } from './fixtures';

async function viewsOf(page: Page): Promise<string[]> {
  const links = page.getByRole('navigation').getByRole('link');
  await expect(links.first()).toBeVisible();
  return links.evaluateAll((all) =>
    all.map((link) => new URL((link as HTMLAnchorElement).href).pathname.split('/').pop() ?? ''),
  );
}

/** As a user goes there: by the rail, without a reload. */
async function goTo(page: Page, view: string): Promise<void> {
  await page.locator(`nav a[href$="/console/${view}"]`).first().click();
  await expect(page.locator(`nav a[href$="/console/${view}"]`).first()).toHaveAttribute(
    'aria-current',
    'page',
  );
  await page.waitForLoadState('networkidle');
}

test('every view opens and is accessible, by day and by night', async ({ page, open }) => {
  test.setTimeout(120_000);
  await open('search');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const view of await viewsOf(page)) {
      await test.step(`${view}, ${scheme}`, async () => {
        await goTo(page, view);
        await expectAccessible(page);
      });
    }
  }
});

test('the back button leads back through the views', async ({ page, open }) => {
  await open('search');
  const views = (await viewsOf(page)).slice(0, 3);
  for (const view of views) await goTo(page, view);
  for (const view of views.slice(0, -1).reverse()) {
    await page.goBack();
    await expect(page).toHaveURL(new RegExp(`/console/${view}(\\?|$)`));
  }
});

test('every view fits a tablet', async ({ page, site }) => {
  await page.setViewportSize({ width: 820, height: 1180 });
  await page.goto(address('search'));
  await signIn(page, site.token);
  for (const view of await viewsOf(page)) {
    await test.step(view, async () => {
      await goTo(page, view);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
    });
  }
});

test('an address that names no view says so', async ({ page, open }) => {
  await open('nothing');
  await expect(page.getByText('There is no such view')).toBeVisible();
  await page.getByRole('link', { name: 'Go to the search' }).click();
  await mapIsDrawn(page);
});
