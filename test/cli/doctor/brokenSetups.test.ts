import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/cli/doctor/check.ts';
import { runDoctor } from '../../../src/cli/doctor/runDoctor.ts';
import { applyFix } from './applyFix.ts';
import { identitySetups } from './identitySetups.ts';
import { serviceSetups } from './serviceSetups.ts';
import { settingSetups } from './settingSetups.ts';
import type { Setup } from './setup.ts';
import { startWorld, type World } from './world.ts';

const setups: readonly Setup[] = [...settingSetups, ...identitySetups, ...serviceSetups];
const rows: string[] = [];
let world: World;

beforeAll(async () => {
  world = await startWorld();
  // nobody is signed in here: no az, azd or pwsh is found
  Object.assign(process.env, world.stack.identity.environment, { PATH: '/nowhere' });
}, 60_000);
afterAll(async () => {
  process.stdout.write(`${rows.join('\n')}\n`);
  await world?.close();
});
beforeEach(() => {
  const { stack, gates } = world;
  stack.identity.reset();
  stack.prediction.reset();
  stack.prediction.rate.unstored = Number.POSITIVE_INFINITY;
  gates.blob.refusal = undefined;
  gates.queue.refusal = undefined;
});

/** The first fault; where there is none, the first warning. */
const firstFinding = (results: readonly Result[]): Result | undefined =>
  results.find(({ status }) => status === 'fault') ?? results.find(({ status }) => status === 'warning');

describe('doctor', () => {
  it('finds nothing wrong where nothing is, and scores one picture with each model', async () => {
    const { healthy, cause, results } = await runDoctor(world.healthy);
    expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect({ healthy, cause }).toEqual({ healthy: true, cause: undefined });
    expect(world.stack.prediction.count({ status: 200 })).toBe(2);
  });

  it.each(setups)('names $cause first with $name, and its fix mends it', async (setup) => {
    const environment = { ...world.healthy };
    await setup.spoil(environment, world);
    const options = { paidCalls: false };
    const broken = await runDoctor(environment, options);
    const first = firstFinding(broken.results);
    expect(first).toMatchObject({
      id: expect.stringMatching(`^${setup.cause}`),
      finding: expect.stringMatching(setup.says),
    });
    const { id = '', title = '', finding = '', fix = '', command = '' } = first ?? {};
    expect(command).not.toBe('');

    await applyFix(command, {
      world,
      environment,
      known: { '<app>': 'orchard', '<group>': 'orchard-group', ...setup.known?.(world) },
      effects: setup.effects?.(world, environment) ?? {},
    });
    const { results } = await runDoctor(environment, options);
    const mended = results.find((each) => each.id === id) ?? results.find((each) => each.title === title);
    // the check of an endpoint is gone where the fix was another endpoint; its successor passes
    const successors = results.filter((each) => each.id.split(':')[0] === id.split(':')[0]);
    expect(mended ? [mended.status] : successors.map(({ status }) => status)).toEqual(
      mended ? ['ok'] : successors.map(() => 'ok'),
    );
    expect(mended ?? successors[0]).toBeDefined();
    rows.push(
      `${setup.pitfalls.padEnd(9)}${setup.name}\n  → ${id}: ${finding}\n    ${fix}\n    $ ${command}\n`,
    );
  });
});
