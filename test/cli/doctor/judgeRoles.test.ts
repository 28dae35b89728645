import { describe, expect, it } from 'vitest';
import { reaches } from '../../../src/cli/azure/resourceId.ts';
import { allows, type HeldRole, judgeRoles } from '../../../src/cli/doctor/judgeRoles.ts';

const GROUP = '/subscriptions/s/resourceGroups/orchard';
const ACCOUNT = `${GROUP}/providers/Microsoft.CognitiveServices/accounts/orchard`;
const ACTION = 'Microsoft.CognitiveServices/accounts/CustomVision/classify/iterations/image/nostore/action';
const need = { actions: [ACTION], role: 'Cognitive Services User', resourceId: ACCOUNT, principalId: 'p' };
const NOW = Date.UTC(2026, 10, 21, 12);

const held = (own: Partial<HeldRole> = {}): HeldRole => ({
  role: 'Cognitive Services User',
  scope: ACCOUNT,
  since: NOW - 3_600_000,
  actions: [],
  notActions: [],
  dataActions: ['Microsoft.CognitiveServices/*'],
  notDataActions: [],
  ...own,
});

describe('a role on an account', () => {
  it.each([
    ['is there', [held()], 'ok', /^Cognitive Services User at/u],
    [
      'is there from above',
      [held({ scope: GROUP })],
      'ok',
      /at \/subscriptions\/s\/resourceGroups\/orchard\./u,
    ],
    [
      'is there from a management group',
      [held({ scope: '/providers/Microsoft.Management/managementGroups/farms' })],
      'ok',
      /managementGroups\/farms\.$/u,
    ],
    [
      'is still spreading',
      [held({ since: NOW - 3 * 60_000 })],
      'warning',
      /granted 3 minutes ago: it may still be spreading/u,
    ],
    [
      'is on another account',
      [held({ scope: `${ACCOUNT}-2` })],
      'fault',
      /^Wrong account: .*orchard-2, but none on orchard/u,
    ],
    [
      'does not allow it',
      [held({ role: 'Reader', dataActions: [] })],
      'fault',
      /^Wrong role: Reader on orchard/u,
    ],
    ['leaves it out', [held({ notDataActions: [ACTION] })], 'fault', /^Wrong role/u],
    ['is missing', [], 'fault', /^No role: the identity p has none/u],
  ] as const)('that %s is told apart', (_, roles, status, says) => {
    const found = judgeRoles(roles, need, NOW);
    expect(found).toMatchObject({ status, finding: expect.stringMatching(says) });
    if (status === 'fault') expect(found.command).toContain(`--scope ${ACCOUNT}`);
  });

  it('is old enough as soon as one of several is', () => {
    expect(judgeRoles([held({ since: NOW }), held({ scope: GROUP })], need, NOW).status).toBe('ok');
  });

  it('covers what its patterns cover, whatever the case, and no more', () => {
    expect(
      allows(held({ dataActions: ['microsoft.cognitiveservices/accounts/CustomVision/classify/*'] }), ACTION),
    ).toBe(true);
    expect(allows(held({ dataActions: ['Microsoft.CognitiveServices/*/read'] }), ACTION)).toBe(false);
    expect(
      allows(held({ dataActions: ['Microsoft.CognitiveServices/accounts/CustomVision.classify/*'] }), ACTION),
    ).toBe(false);
  });

  it('reaches what is below its scope, and nothing beside it', () => {
    expect(reaches(GROUP.toUpperCase(), ACCOUNT)).toBe(true);
    expect(reaches('/', ACCOUNT)).toBe(true);
    expect(reaches(`${GROUP}/providers/Microsoft.CognitiveServices/accounts/orch`, ACCOUNT)).toBe(false);
  });
});
