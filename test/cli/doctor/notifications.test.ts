import { afterAll, beforeAll, expect, it } from 'vitest';
import { runDoctor } from '../../../src/cli/doctor/runDoctor.ts';
import { type NotifyParts, startNotifyParts } from '../../notify/parts.ts';
import { environment, PREDICTION_URL } from '../../settings/environment.ts';

let at: NotifyParts;
beforeAll(async () => {
  at = await startNotifyParts();
});
afterAll(() => at?.close());

const diagnose = async (rules: object[]) => {
  const { results } = await runDoctor(
    environment({
      ...at.identity.environment,
      ImageStorage: at.storage.connectionString,
      ImageStorage__blobServiceUri: undefined,
      ImageStorage__queueServiceUri: undefined,
      VISION_PREDICTION_URL: PREDICTION_URL.replace(/https:\/\/[^/]+/u, 'http://127.0.0.1:1'),
      NOTIFY: JSON.stringify(rules),
    }),
    { paidCalls: false },
  );
  return results.filter(({ group }) => group === 'Notifications');
};
const finding = (results: Awaited<ReturnType<typeof diagnose>>, id: string) =>
  results.find((each) => each.id.startsWith(id));

it('doctor looks at each target once, at the token for it, and at what waits and why', async () => {
  const api = { to: at.targets.to.api };
  const parts = at.parts([api]);
  const good = await diagnose([api, { to: at.targets.to.topic }]);
  expect(good.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);

  at.identity.revoke('system-assigned', 'api://7d2f0c4e-5b16-4a8d-9c3e-2f1a0b9c8d7e');
  await at.write(parts, 'tree.jpg');
  const { deliver } = await import('../../../src/notify/deliver.ts');
  at.targets.api.faults.next(404);
  at.identity.grant('system-assigned', 'api://7d2f0c4e-5b16-4a8d-9c3e-2f1a0b9c8d7e', ['Pictures.Receive']);
  await deliver(parts, { target: parts.rules[0]?.key ?? '', name: 'tree.jpg' }, {});
  at.identity.revoke('system-assigned', 'api://7d2f0c4e-5b16-4a8d-9c3e-2f1a0b9c8d7e');
  const bad = await diagnose([{ to: { ...at.targets.to.api, private: false } }]);
  expect(finding(bad, 'target:')).toMatchObject({
    status: 'fault',
    finding: expect.stringContaining('private address'),
  });
  expect(finding(bad, 'target-right:')).toMatchObject({
    status: 'fault',
    command: expect.stringContaining('grant app-role --api api://7d2f0c4e'),
  });
  expect(finding(bad, 'outbox')).toMatchObject({
    status: 'fault',
    finding: expect.stringContaining('given up: TargetRefused'),
    command: 'npm run keyless -- retry --notifications',
  });
});
