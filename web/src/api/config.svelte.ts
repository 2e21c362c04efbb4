// What the server says about itself to the console before anybody has signed in.

import type { ConsoleConfig } from './types';

let config = $state.raw<ConsoleConfig>({});

export function consoleConfig(): ConsoleConfig {
  return config;
}

/** A server without the file, or one that is away, leaves the defaults: no basemap, UTC. */
export async function loadConfig(): Promise<void> {
  try {
    const response = await fetch(`${import.meta.env.BASE_URL}config.json`, { cache: 'no-store' });
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json') ?? false;
    if (response.ok && isJson) config = (await response.json()) as ConsoleConfig;
  } catch {
    // The sign-in says so as soon as it is tried.
  }
}
