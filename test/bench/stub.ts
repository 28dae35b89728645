import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ServiceModel } from '../../src/settings/settings.ts';

export type Stub = { endpoint: string; close(): void };

/**
 * What is freed stays with the process. Given back to the system after each picture, and taken anew, it costs some virtual machines
 * more than all the rest, at some times and not at others: https://man7.org/linux/man-pages/man3/mallopt.3.html
 */
export const KEEPING_MEMORY = { MALLOC_TRIM_THRESHOLD_: '1000000000', MALLOC_MMAP_THRESHOLD_: '1000000000' };

/** Starts a prediction server that only reads and answers, in a process of its own. */
export async function startStub(): Promise<Stub> {
  const env = { ...process.env, ...KEEPING_MEMORY };
  const child = fork(new URL('./stubServer.ts', import.meta.url), { stdio: 'inherit', env });
  const [port] = (await once(child, 'message')) as [number];
  return { endpoint: `http://127.0.0.1:${port}`, close: () => child.disconnect() };
}

export const PROJECT_ID = 'b6ee1f20-3a1f-4b8f-8a6e-0a2a6c3d7f11';

/** The same as an entry of VISION_MODELS, without a limit. */
export const entryAt = (endpoint: string) => ({
  ...{ endpoint, projectId: PROJECT_ID, publishedName: 'one', task: 'classify', rate: 1_000_000 },
});

/** A model at a stub, without a limit. */
export const modelAt = (endpoint: string): ServiceModel => ({
  ...{ name: 'fruit', endpoint, projectId: PROJECT_ID, publishedName: 'one', task: 'classify' },
  ...{ store: false, rate: 1_000_000, paths: ['**'], threshold: 0.5, tiles: false },
});

/** Whose token never ends. */
export const credential = {
  getToken: async () => ({ token: 'stub', expiresOnTimestamp: Date.now() + 3_600_000 }),
};
