// Builds the console into a folder: node web/tools/build.mjs FOLDER
//
// A server that serves the folder meanwhile has the old console or the new one whole.
import { renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { compress } from './compress.mjs';
import { install } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? 'dist');
const fresh = `${folder}.new`;
const old = `${folder}.old`;

try {
  install();
  const { build } = await import('vite');
  await build({ root, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } });
  compress(fresh);
  rmSync(old, { recursive: true, force: true });
  try {
    renameSync(folder, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error; // the first build
  }
  renameSync(fresh, folder);
  rmSync(old, { recursive: true, force: true });
} catch (error) {
  console.error(`console: ${error.message}`);
  process.exit(1);
}
