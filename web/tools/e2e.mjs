// The console in a browser. Usage, in web/: node tools/e2e.mjs [ARGUMENT OF playwright test...]
//
//   SIGHTLINE_BIN=DIR          where sightline-server is (default: ../build/release/bin)
//   SIGHTLINE_CHROMIUM=FILE    the browser (default: /usr/bin/chromium)
//   SIGHTLINE_SCREENSHOTS=1    makes the pictures of docs/console/ anew
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { install } from './install.mjs';

const SKIPPED = 77; // ctest's SKIP_RETURN_CODE

const browser = process.env.SIGHTLINE_CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(browser)) {
  console.log(`there is no browser at ${browser} (scripts/install-packages installs chromium)`);
  process.exit(process.env.CI === 'true' ? 1 : SKIPPED);
}
install();
const { status } = spawnSync(
  process.execPath,
  ['node_modules/@playwright/test/cli.js', 'test', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
