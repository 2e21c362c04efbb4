import { defineConfig } from '@playwright/test';

// Where results go: outside the checkout where ctest says so.
const results = process.env['SIGHTLINE_E2E_RESULTS'] ?? 'test-results';

export default defineConfig({
  testDir: 'e2e',
  outputDir: results,
  // A server with its data and a browser that draws by software share the machine's processors.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env['CI'] === 'true',
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'off',
    launchOptions: {
      executablePath: process.env['SIGHTLINE_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--use-angle=swiftshader',
        '--enable-unsafe-swiftshader',
      ],
    },
  },
});
