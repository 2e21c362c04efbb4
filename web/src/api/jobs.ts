import { call, type CallOptions } from './client';
import type { Job } from './types';

const kPollMs = 500;

export function getJob<Result>(id: string, options?: CallOptions) {
  return call<Job<Result>>({ method: 'GET', path: `/v1/jobs/${encodeURIComponent(id)}` }, options);
}

export function cancelJob(id: string, options?: CallOptions) {
  return call<unknown>({ method: 'DELETE', path: `/v1/jobs/${encodeURIComponent(id)}` }, options);
}

export function listJobs(kind: string, options?: CallOptions) {
  return call<{ jobs: Job[] }>(
    { method: 'GET', path: `/v1/jobs?kind=${encodeURIComponent(kind)}` },
    options,
  );
}

export function hasEnded(job: Job): boolean {
  return job.status === 'done' || job.status === 'failed' || job.status === 'cancelled';
}

/** Looks after a job until it has ended, and shows each look at it. Throws AbortError, ApiError. */
export async function followJob<Result>(
  id: string,
  show: (job: Job<Result>) => void,
  signal: AbortSignal,
): Promise<Job<Result>> {
  for (;;) {
    const job = await getJob<Result>(id, { signal, quiet: true });
    show(job);
    if (hasEnded(job)) return job;
    await pause(kPollMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException('cancelled', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
