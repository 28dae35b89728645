import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../../../local/waiting.ts';
import { createApp, runApp } from './apps.ts';

const isAlive = (processId: number) => {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
};

it('stop lets a running function end, runs appTerminate and leaves no process', async () => {
  const host = await runApp({ fixture: 'web.cjs' });
  const answer = fetch(`${host.url}/api/slow?ms=700`);
  await waitFor('the call', async () => host.logs.find(({ message }) => message === 'slow has begun'));
  await host.stop();
  expect(await (await answer).text()).toBe('done');
  expect(await host.exited).toBe(0);
  expect(isAlive(host.processId)).toBe(false);
  expect(host.logs.map(({ message }) => message)).toContain('appTerminate has run');
  await host.stop(); // again
});

it('stop gives a function that does not end five seconds', async () => {
  const host = await runApp({ fixture: 'web.cjs' });
  const answer = fetch(`${host.url}/api/slow?ms=60000`).catch(() => 'cut off');
  await waitFor('the call', async () => host.logs.find(({ message }) => message === 'slow has begun'));
  const started = performance.now();
  await host.stop();
  expect(performance.now() - started).toBeGreaterThan(4_900);
  expect(await answer).toBe('cut off');
  expect(await host.exited).toBe(0);
});

it('SIGTERM ends the host with exit code 0', async () => {
  const host = await runApp({ fixture: 'web.cjs' });
  process.kill(host.processId, 'SIGTERM');
  expect(await host.exited).toBe(0);
});

it('kill ends it at once, without an exit code', async () => {
  const host = await runApp({ fixture: 'web.cjs' });
  host.kill();
  expect(await host.exited).toBeNull();
});

it('a rejection that nobody handles ends the process with exit code 1, as in the real worker', async () => {
  const host = await runApp({ fixture: 'web.cjs' });
  await fetch(`${host.url}/api/rejects`).catch(() => undefined);
  expect(await host.exited).toBe(1);
  expect(host.logs.at(-1)?.message ?? '').toMatch(/nobody awaits this/);
});

it('the host ends when its parent dies', async () => {
  const app = await createApp({ fixture: 'web.cjs' });
  onTestFinished(app.close);
  const parent = fork(new URL('hostParent.ts', import.meta.url), [app.directory], { execArgv: [] });
  const [{ processId }] = (await once(parent, 'message')) as [{ processId: number }];
  expect(isAlive(processId)).toBe(true);
  parent.kill('SIGKILL');
  await waitFor('the end of the host', async () => (isAlive(processId) ? undefined : true), 10_000);
});
