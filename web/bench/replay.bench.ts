// Whether a trajectory of 10,000 points replays without a dropped second: of each second of the wall
// clock, how many frames were drawn, and the longest time between two of them.
// In web/: npx playwright test --config bench/playwright.config.ts

import { expect, test, type Page } from '@playwright/test';

import { address, mapIsDrawn, signIn } from '../e2e/fixtures';
import { Server } from '../e2e/server';

const kPoints = 10_000;
const kColumns = 40;
const kCameras = 1600;
const kSeconds = 15;
const kPlate = '京A10000';

const cameraAt = (column: number, row: number) => `K-${row * kColumns + column}`;

/** A walk from crossing to crossing, a reading a minute. */
function walk(): object[] {
  const begun = Date.UTC(2024, 2, 4);
  let column = 20;
  let row = 20;
  let state = 7;
  return Array.from({ length: kPoints }, (_, at) => {
    state = (state * 48271) % 2147483647;
    const step = state % 2 === 0 ? 1 : -1;
    if (state % 3 === 0) column = Math.min(kColumns - 1, Math.max(0, column + step));
    else row = Math.min(kColumns - 1, Math.max(0, row + step));
    return {
      source_id: `walk-${at}`,
      camera_id: cameraAt(column, row),
      time: new Date(begun + at * 60_000).toISOString(),
      plate: kPlate,
    };
  });
}

/** The times at which frames were drawn in the next seconds. */
async function frames(page: Page): Promise<number[]> {
  return page.evaluate(
    (milliseconds) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        const draw = (now: number) => {
          times.push(now);
          if (now - (times[0] ?? now) < milliseconds) requestAnimationFrame(draw);
          else resolve(times);
        };
        requestAnimationFrame(draw);
      }),
    kSeconds * 1000,
  );
}

function told(times: number[]): { least: number; longest: number } {
  const seconds = new Array<number>(kSeconds).fill(0);
  let longest = 0;
  times.forEach((time, at) => {
    const second = Math.floor((time - (times[0] ?? time)) / 1000);
    if (second < kSeconds) seconds[second] = (seconds[second] ?? 0) + 1;
    longest = Math.max(longest, time - (times[at - 1] ?? time));
  });
  return { least: Math.min(...seconds), longest };
}

test('a replay of 10,000 points', async ({ page }) => {
  const server = await Server.make();
  try {
    await server.call(
      'POST',
      '/v1/cameras',
      Array.from({ length: kCameras }, (_, at) => ({
        id: `K-${at}`,
        location: {
          lon: 116.2 + (at % kColumns) * 0.0035,
          lat: 39.8 + Math.floor(at / kColumns) * 0.0027,
        },
      })),
    );
    await server.call('POST', '/v1/sightings', walk());
    await page.goto(server.url + address('replay', { plates: kPlate }));
    const begun = performance.now();
    await signIn(page, server.token);
    const play = page.getByRole('button', { name: 'Play', exact: true });
    await play.waitFor();
    await mapIsDrawn(page);
    console.log(
      `from the sign-in's button to the track: ${(performance.now() - begun).toFixed(0)} ms`,
    );
    const speed = page.getByLabel('Speed', { exact: true });
    const speeds = await speed
      .locator('option')
      .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    const clock = page.getByRole('slider').first();
    const now = async () => Number(await clock.getAttribute('aria-valuenow'));
    for (const chosen of [speeds[0] ?? '', speeds.at(-1) ?? '']) {
      await speed.selectOption(chosen);
      await play.click();
      const before = await now();
      const { least, longest } = told(await frames(page));
      const played = (await now()) - before;
      console.log(
        `speed ${chosen}: at least ${least} frames a second, ${longest.toFixed(0)} ms between two ` +
          `at most; the clock went on by ${played}`,
      );
      expect(least).toBeGreaterThan(0);
      expect(played).toBeGreaterThan(0);
      const pause = page.getByRole('button', { name: 'Pause', exact: true });
      if (await pause.isVisible()) await pause.click();
    }
    // A hand on the clock: from end to end in steps.
    const scrubbing = frames(page);
    const box = await clock.boundingBox();
    if (box === null) throw new Error('the clock is not shown');
    await page.mouse.move(box.x + 2, box.y + box.height / 2);
    await page.mouse.down();
    for (let step = 0; step <= 100; ++step) {
      await page.mouse.move(box.x + 2 + ((box.width - 4) * step) / 100, box.y + box.height / 2);
    }
    await page.mouse.up();
    const { least, longest } = told(await scrubbing);
    console.log(
      `scrubbing: at least ${least} frames a second, ${longest.toFixed(0)} ms between two at most`,
    );
  } finally {
    await server.remove();
  }
});
