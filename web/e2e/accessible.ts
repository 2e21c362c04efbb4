// What axe-core finds of a page.

import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails for serious and critical faults, with where they are. */
export async function expectAccessible(page: Page): Promise<void> {
  // axe runs in the page itself; its frames would need a policy of their own, and there are none.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const grave = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.target.join(' ')).join(', ')}`,
    );
  expect(grave).toEqual([]);
}
