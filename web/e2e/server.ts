// A real sightline-server on a data directory of its own.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the programs are; the console lies beside them. */
export const bin = resolve(process.env['SIGHTLINE_BIN'] ?? '../build/release/bin');

/** This process's environment without settings that a server or client would take up. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('SIGHTLINE_')),
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

export class Server {
  private process: ChildProcess | null = null;

  private constructor(
    readonly directory: string,
    readonly port: number,
    private readonly options: string[],
  ) {}

  /** `options`: of sightline-server, on top of data, address and token file. */
  static async make(options: string[] = []): Promise<Server> {
    const directory = await mkdtemp(join(tmpdir(), 'sightline-e2e-'));
    const server = new Server(directory, await freePort(), options);
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get token(): string {
    return readFileSync(join(this.directory, 'token'), 'utf8').trim();
  }

  async start(): Promise<void> {
    if (!existsSync(join(bin, 'sightline-server'))) {
      throw new Error(
        `there is no sightline-server in ${bin}: run scripts/build, or set SIGHTLINE_BIN`,
      );
    }
    const log = openSync(join(this.directory, 'log'), 'a');
    this.process = spawn(
      join(bin, 'sightline-server'),
      [
        ...['--data', join(this.directory, 'data')],
        ...['--listen', `127.0.0.1:${this.port}`],
        ...['--admin-token-file', join(this.directory, 'token')],
        ...this.options,
      ],
      { env: environment(), stdio: ['ignore', log, log] },
    );
    closeSync(log);
    for (const until = Date.now() + 30_000; ; await pause(20)) {
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      if (this.process.exitCode !== null || Date.now() > until) {
        throw new Error(`the server did not start:\n${this.log().slice(-2000)}`);
      }
    }
  }

  /** In good order; its data stay. */
  async stop(): Promise<void> {
    const process = this.process;
    this.process = null;
    if (process === null || process.exitCode !== null) return;
    const gone = once(process, 'exit');
    process.kill('SIGTERM');
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  log(): string {
    return readFileSync(join(this.directory, 'log'), 'utf8');
  }

  /** What the command line prints, run against this server. */
  async command(...words: string[]): Promise<string> {
    const settings = {
      SIGHTLINE_URL: this.url,
      SIGHTLINE_TOKEN_FILE: join(this.directory, 'token'),
      SIGHTLINE_PURPOSE: 'loading the data of a test',
      XDG_STATE_HOME: this.directory,
    };
    const { stdout } = await run(join(bin, 'sightline'), words, {
      env: { ...environment(), ...settings },
      cwd: this.directory,
      maxBuffer: 64 << 20,
    });
    return stdout;
  }

  /** A call of the API with the owner's token, without the browser. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${this.token}`,
        'X-Purpose': 'preparing a test',
        'Content-Type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }
}
