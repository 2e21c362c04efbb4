// Signing in, and what becomes of a session.

import { Server } from './server';
import {
  address,
  expect,
  expectAccessible,
  mapIsDrawn,
  screenshot,
  signIn,
  test,
} from './fixtures';

test('after signing in, the map shows every camera', async ({ page, site, open }) => {
  await open('search');
  await mapIsDrawn(page);
  const shown = await page.evaluate(async () => {
    interface Source {
      getData(): Promise<{ features: unknown[] }>;
    }
    const element = document.querySelector('.maplibregl-map') as unknown as {
      maplibre: { getSource(id: string): Source };
    };
    return (await element.maplibre.getSource('cameras').getData()).features.length;
  });
  const { features } = await site.server.call<{ features: { geometry: unknown }[] }>(
    'GET',
    '/v1/cameras',
  );
  expect(shown).toBe(features.filter(({ geometry }) => geometry !== null).length);
  expect(shown).toBeGreaterThan(50);
});

test('the sign-in explains itself', async ({ page }) => {
  await page.goto(address('search'));
  await expect(page.locator('#token')).toBeVisible();
  await expectAccessible(page);
  await screenshot(page, 'sign-in');
});

test('a wrong token is refused, and said to be wrong', async ({ page }) => {
  await page.goto(address('search'));
  await page.locator('#token').fill('sl_0000000000000000000000000000000000000000000');
  await page.locator('#purpose').fill('trying the console');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('does not know this token');
  await expect(page.locator('#content')).toHaveCount(0);
  await expectAccessible(page);
});

test('without a purpose nobody gets in', async ({ page, site }) => {
  await page.goto(address('search'));
  await page.locator('#token').fill(site.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.locator('#purpose')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('#content')).toHaveCount(0);
});

test('a reload asks for the token again, and leads back to the same place', async ({
  page,
  site,
  open,
}) => {
  await open('search', { q: site.city.plate });
  const before = page.url();
  await page.reload();
  await expect(page.locator('#token')).toHaveValue('');
  await signIn(page, site.token);
  expect(page.url()).toBe(before);
});

test('a token that was revoked ends the session, and a new one goes on', async ({
  page,
  site,
  watch,
}) => {
  watch.tolerate(/401/);
  const made = await site.server.call<{ token: string; id: string }>('POST', '/v1/tokens', {
    name: 'soon gone',
    roles: ['reader', 'operator'],
  });
  await page.goto(address('search'));
  await signIn(page, made.token);
  await page.waitForLoadState('networkidle');
  await site.server.call('DELETE', `/v1/tokens/${made.id}`);
  await page.getByRole('searchbox').or(page.getByRole('combobox')).first().fill(site.city.plate);
  await page.keyboard.press('Enter');
  await expect(page.getByText('no longer valid')).toBeVisible();
  await signIn(page, site.token);
});

test('the server goes away and comes back', async ({ page, watch }) => {
  const server = await Server.make();
  try {
    watch.allow(server.url);
    await page.goto(`${server.url}${address('search')}`);
    await signIn(page, server.token);
    await server.stop();
    await page.getByRole('searchbox').or(page.getByRole('combobox')).first().fill('京A*');
    await page.keyboard.press('Enter');
    await expect(page.getByText('The server does not answer').first()).toBeVisible();
    await expectAccessible(page);
    await server.start();
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await expect(page.getByText('The server does not answer')).toHaveCount(0);
  } finally {
    await server.remove();
  }
});
