// Everything about the console that needs no browser: types, rules, layout, unit tests.
// Usage, in web/: node tools/check.mjs
import { spawnSync } from 'node:child_process';

import { install } from './install.mjs';

const CHECKS = [
  ['types', 'svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings'],
  ['rules', 'eslint/bin/eslint.js', '.'],
  ['layout', 'prettier/bin/prettier.cjs', '--check', '.'],
  ['unit tests', 'vitest/vitest.mjs', 'run'],
];

install();
const failed = CHECKS.filter(([name, script, ...words]) => {
  console.log(`\n== ${name}`);
  return (
    spawnSync(process.execPath, [`node_modules/${script}`, ...words], { stdio: 'inherit' })
      .status !== 0
  );
});
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.map(([name]) => name).join(', ')}`);
  process.exit(1);
}
