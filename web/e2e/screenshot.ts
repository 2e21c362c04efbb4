// Pictures of the views for the documentation: docs/console/<name>-<language>.png.

import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';

const kLanguages = ['en', 'zh'] as const;
const kNames = { en: 'English', zh: '中文' };

/**
 * The page as it is, in both languages. Only where SIGHTLINE_SCREENSHOTS is set: else the pictures,
 * which lie in the repository, would change with every run.
 */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env['SIGHTLINE_SCREENSHOTS'] === undefined) return;
  const folder = resolve('../docs/console');
  await mkdir(folder, { recursive: true });
  for (const language of kLanguages) {
    const button = page.getByRole('button', { name: kNames[language], exact: true });
    await button.click();
    await page.mouse.move(0, 0);
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    await page.waitForLoadState('networkidle');
    await page.screenshot({
      path: resolve(folder, `${name}-${language}.png`),
      animations: 'disabled',
      caret: 'hide',
    });
  }
  await page.getByRole('button', { name: kNames.en, exact: true }).click();
}
