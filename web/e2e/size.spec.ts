// What a browser must load.

import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { expect, test } from '@playwright/test';

import { bin } from './server';

const kConsole = resolve(bin, '../web');
const kMegabyte = 1e6;

test('all scripts together stay below 1.5 MB compressed', () => {
  const folder = join(kConsole, 'assets');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const bytes = scripts.map((name) => {
    const [plain, packed] = [join(folder, name), join(folder, `${name}.gz`)];
    // Small ones are not compressed.
    return statSync(exists(packed) ? packed : plain).size;
  });
  const sum = bytes.reduce((total, each) => total + each, 0);
  console.log(`${scripts.length} scripts, ${(sum / kMegabyte).toFixed(2)} MB by gzip`);
  expect(scripts.length).toBeGreaterThan(3); // loaded by view
  expect(sum).toBeLessThan(1.5 * kMegabyte);
});

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
