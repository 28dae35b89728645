import { afterAll, beforeAll, expect, it } from 'vitest';
import { endedAfter, expectAtHome, startTakingHome, type TakingHome } from '../../support/takingHome.ts';

const PICTURES = 1_000;
const TROUBLE = { 429: 0.03, 503: 0.03, reset: 0.03, truncated: 0.02, html: 0.01 };

let taking: TakingHome;
beforeAll(async () => {
  taking = await startTakingHome(PICTURES);
});
afterAll(() => taking?.close());

it('takes 1,000 pictures home, killed twice and interrupted once, through faults of all kinds and addresses that end', async () => {
  const { training } = taking;
  training.faults.rates(TROUBLE, 4711);
  training.files.faults.rates({ ...TROUBLE, 403: 0.03 }, 1147);
  training.files.addressesLiveMs = 400;
  const said = [
    await endedAfter(taking, 250),
    await endedAfter(taking, 500),
    await endedAfter(taking, 750, 'SIGINT'),
  ];
  const { code, out, err } = await taking.start().finished;
  expect(code, err).toBe(0);
  expect(out).toContain('1,000 pictures');
  expect(said[2]).toBe('Interrupted; the same command goes on from here.\n');
  expect(err).not.toMatch(/warning/iu);
  const statuses = training.files.requests.map(({ status }) => String(status));
  for (const trouble of ['403', '429', '503', 'reset', 'truncated']) expect(statuses).toContain(trouble);
  await expectAtHome(taking, [...said, out, err].join('\n'), 3);
}, 600_000);
