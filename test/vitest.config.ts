import { defineConfig } from 'vitest/config';

/**
 * Unit tests whose files share a process and its modules, which saves a second each. None of them changes what is global
 * and stays: the environment, the trusted certificates, the one registration of functions, the token cache of MSAL.
 */
const TOGETHER = [
  'test/{errors,exports,http,pictures,settings,storage,ui}/**/*.test.ts',
  'test/local/{drawing,host,onnx,training,trainingApi}/**/*.test.ts',
];

/** Pages in a real browser. */
const PAGE = ['test/system/ui*.test.ts', 'test/cli/evaluate/page.test.ts'];

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: ['test/support/sharedParts.ts'],
    setupFiles: ['test/support/compileCache.ts'],
    server: { deps: { inline: ['@actions/workflow-parser'] } }, // it imports JSON in a way that Node does not take
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/cli/**'],
      reporter: ['text', 'json-summary'],
      thresholds: { lines: 90 },
    },
    // for the processes that tests start: hosts, emulators and commands compile the same files again and again
    env: { NODE_COMPILE_CACHE: new URL('../node_modules/.cache/node-compile', import.meta.url).pathname },
    // one more than the cores of the smallest machine: some of the time is waiting for processes and timers, and with more
    // those tests that watch a clock are late
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**', ...TOGETHER, ...PAGE],
        },
      },
      {
        extends: true,
        test: {
          name: 'together',
          include: TOGETHER,
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          // their files share modules and models that took seconds to load; none changes what is global
          isolate: false,
          include: ['test/system/**/*.test.ts'],
          exclude: PAGE,
        },
      },
      // a command of its own, npm run test:page: it needs Chromium
      { extends: true, test: { name: 'page', isolate: false, include: PAGE } },
      // a command of its own, npm run proofs: they compute for long
      {
        extends: true,
        test: {
          name: 'proofs',
          include: ['test/**/*.proof.ts', 'test/system/schemaAgreement.test.ts'],
          env: { SCHEMA_REQUESTS: '3000' },
        },
      },
    ],
  },
});
