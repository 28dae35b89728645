import { defineConfig } from 'vitest/config';

/**
 * Unit tests that need a process of their own: they load the app (once a process, with the settings it finds), register
 * telemetry for the whole process, replace a module, or watch all that the process sends. All others share one, which
 * saves a second for each file. These begin first, and so does one that mostly waits: at the end it would wait by itself.
 */
const ALONE = [
  'test/{functions,telemetry}/**/*.test.ts',
  'test/identity/credential.test.ts',
  'test/scoring/{shutdown,scorePictureRaces}.test.ts',
  'test/outbound/proxies.test.ts',
  'test/local/host/stopping.test.ts',
];

/** Properties that the proofs try twenty times as often. */
const DEAR = [
  'test/system/schemaAgreement.test.ts',
  'test/pictures/{fit,unfit,look/decoders,look/linear,drawing/drawing}.test.ts',
  'test/scoring/scorePictureRaces.test.ts',
  'test/http/door.test.ts',
  'test/exports/samples.test.ts',
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
    env: {
      NODE_COMPILE_CACHE: new URL('../node_modules/.cache/node-compile', import.meta.url).pathname,
      // of models that a test opens without a thread
      ORT_DISABLE_TELEMETRY: '1',
    },
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
          isolate: false,
          setupFiles: ['test/support/leaveAsFound.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['test/system/**', ...ALONE, ...PAGE],
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
      {
        extends: true,
        test: {
          name: 'system',
          // their files share modules and models that took seconds to load; none changes what is global
          isolate: false,
          setupFiles: ['test/support/leaveAsFound.ts'],
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
          include: ['test/**/*.proof.ts', ...DEAR],
          env: { RUNS_FACTOR: '20' },
        },
      },
    ],
  },
});
