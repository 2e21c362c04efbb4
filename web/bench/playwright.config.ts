import base from '../playwright.config';

export default { ...base, testDir: '.', testMatch: '*.bench.ts', timeout: 300_000 };
