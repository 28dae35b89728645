import { expect, it } from 'vitest';
import { waitFor } from '../../../local/waiting.ts';
import { runApp, said } from './apps.ts';

const timer = (options: string) =>
  `app.timer('tick', { ${options}, handler: (timer, context) => context.log(JSON.stringify(timer)) });`;

type Told = { isPastDue: boolean; schedule: unknown; scheduleStatus: { last: string; next: string } };

it('runs on its schedule, which may stand in a setting', async () => {
  const host = await runApp({
    source: timer("schedule: '%SCHEDULE%'"),
    settings: { SCHEDULE: '* * * * * *' },
  });
  const second = await waitFor('two occurrences', async () => said<Told>(host)[1], 10_000);
  expect(second).toMatchObject({ isPastDue: false, schedule: { adjustForDST: true } });
  const { last, next } = second.scheduleStatus;
  expect(Date.parse(next) - Date.parse(last)).toBeGreaterThan(900);
});

it('runs when the host starts, if asked to', async () => {
  const host = await runApp({ source: timer("schedule: '0 0 0 1 1 *', runOnStartup: true") });
  await waitFor('the run', async () => said<Told>(host)[0], 5000);
});

it('runs by hand at /admin/functions, and not otherwise', async () => {
  const host = await runApp({ source: timer("schedule: '0 0 0 1 1 *'") });
  const run = (name: string, body?: string, method = 'POST') =>
    fetch(`${host.url}/admin/functions/${name}`, { method, ...(body !== undefined && { body }) });
  expect((await run('other', '{}')).status).toBe(404);
  expect((await run('tick', undefined, 'GET')).status).toBe(404);
  expect((await run('tick', 'not JSON')).status).toBe(400);
  expect(said(host)).toEqual([]);
  expect((await run('Tick', '{"input": ""}')).status).toBe(202);
  await waitFor('the run', async () => said<Told>(host)[0], 5000);
});
