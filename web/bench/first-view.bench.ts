// How long the first view takes with 5,000 cameras, from a cold cache, over loopback.
// In web/: npx playwright test --config bench/playwright.config.ts

import { expect, test } from '@playwright/test';

import { address, mapIsDrawn, signIn } from '../e2e/fixtures';
import { Server } from '../e2e/server';

const kCameras = 5000;
const kRounds = 5;

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

test('first view', async ({ browser }) => {
  const server = await Server.make();
  try {
    // A town of crossings, 300 m apart.
    const columns = 100;
    await server.call(
      'POST',
      '/v1/cameras',
      Array.from({ length: kCameras }, (_, at) => ({
        id: `K-${at}`,
        name: `Crossing ${at}`,
        location: {
          lon: 116.2 + (at % columns) * 0.0035,
          lat: 39.8 + Math.floor(at / columns) * 0.0027,
        },
        heading_deg: (at * 90) % 360,
      })),
    );
    const toForm: number[] = [];
    const toMap: number[] = [];
    for (let round = 0; round < kRounds; ++round) {
      const context = await browser.newContext(); // nothing cached
      const page = await context.newPage();
      const begun = performance.now();
      await page.goto(server.url + address('search'));
      await page.locator('#token').waitFor();
      toForm.push(performance.now() - begun);
      const signing = performance.now();
      await signIn(page, server.token);
      await mapIsDrawn(page);
      await expect
        .poll(() => page.locator('.maplibregl-map').evaluate(cameraCount), { intervals: [20] })
        .toBe(kCameras);
      await mapIsDrawn(page);
      toMap.push(performance.now() - signing);
      await context.close();
    }
    console.log(`to the sign-in: ${median(toForm).toFixed(0)} ms (${rounded(toForm)})`);
    console.log(
      `from its button to ${kCameras} cameras drawn: ${median(toMap).toFixed(0)} ms (${rounded(toMap)})`,
    );
  } finally {
    await server.remove();
  }
});

function rounded(values: number[]): string {
  return values.map((value) => value.toFixed(0)).join(', ');
}

async function cameraCount(element: Element): Promise<number> {
  interface Map {
    getSource(id: string): { getData(): Promise<{ features?: unknown[] }> } | undefined;
  }
  const { maplibre } = element as unknown as { maplibre: Map };
  const data = await maplibre.getSource('cameras')?.getData();
  return data?.features?.length ?? 0;
}
