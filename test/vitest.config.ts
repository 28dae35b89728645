import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: ['test/support/sharedParts.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/cli/**'],
      reporter: ['text', 'json-summary'],
      thresholds: { lines: 90 },
    },
    // for the processes that tests start: hosts, emulators and commands compile the same files again and again
    env: { NODE_COMPILE_CACHE: new URL('../node_modules/.cache/node-compile', import.meta.url).pathname },
    // one more than the cores of the smallest machine: some of the time is waiting for processes and timers
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          // their files share modules and models that took seconds to load; none changes what is global
          isolate: false,
          include: ['test/system/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // a command of its own, npm run train:check: it computes for long
      { extends: true, test: { name: 'training', include: ['test/**/*.proof.ts'], testTimeout: 60_000 } },
    ],
  },
});
