// What is in the data is never run.

import { Server } from './server';
import { address, expect, signIn, test } from './fixtures';

const kMarkup = '<img src=x onerror="document.title=`run`">';

test('markup in plates, cameras and attributes is shown as text', async ({ page, watch }) => {
  const server = await Server.make();
  try {
    watch.allow(server.url);
    await server.call('POST', '/v1/cameras', [
      { id: '<b>K-1</b>', name: kMarkup, location: { lon: 116.33, lat: 39.99 } },
    ]);
    const stored = await server.call<{ accepted: number }>('POST', '/v1/sightings', [
      {
        source_id: '1',
        camera_id: '<b>K-1</b>',
        time: '2024-03-04T08:00:00Z',
        // A plate itself holds letters and digits alone; what a camera read is kept as it came.
        plate: '京BA1',
        plate_read: kMarkup,
        attributes: { brand: kMarkup, color: 'black' },
        image: 'https://pictures.example.org/1.jpg',
      },
    ]);
    expect(stored.accepted).toBe(1);
    await page.goto(`${server.url}${address('search', { q: '京ba1' })}`);
    await signIn(page, server.token);
    await page
      .getByRole('group', { name: /^Sightings\./ })
      .getByRole('button')
      .first()
      .click();
    const detail = page.getByRole('article', { name: 'Sighting' });
    await expect(detail.getByText(kMarkup).first()).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(await page.locator('b, img[src="x"]').count()).toBe(0);
    expect(await page.title()).not.toBe('run');
    // Nor is the picture of another host asked for (the watch would see it).
    expect(await page.locator('img[src^="https://pictures.example.org"]').count()).toBe(0);
  } finally {
    await server.remove();
  }
});

test('the pages are told what to allow', async ({ request, site }) => {
  for (const path of ['/console/', '/console/search']) {
    const policy = (await request.get(site.url + path)).headers()['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toMatch(/https?:/);
  }
});
