import { expect, test } from 'vitest';
import { guid, resolved } from './expressions.ts';

test('what a snapshot leaves open is answered as Azure would, wherever it stands', () => {
  const account =
    "reference('/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st', '2026-04-01')";
  expect(
    resolved({ a: [`[format('{0}{1}', ${account}.primaryEndpoints.blob, 'code')]`], b: 'plain' }),
  ).toEqual({
    a: ['https://st.blob.core.windows.net/code'],
    b: 'plain',
  });
  expect(resolved("[string(createObject('it''s', createArray(1, '')))]")).toBe('{"it\'s":[1,""]}');
  expect(resolved(`[${account.replace("')", "', 'full')")}.identity.principalId]`)).toContain(
    'principal of /',
  );
});

test('a guid is the one that Azure makes of the same parts', () => {
  // as the compiler itself gave it for one of the deployer’s roles
  expect(
    guid(
      '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-demo-vision/providers/Microsoft.Storage/storageAccounts/stimagepfupqpxchlqe2',
      '44444444-4444-4444-8444-444444444444',
      'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    ),
  ).toBe('60bca77e-367e-5274-af86-f2b58c7d0c66');
});

test('an expression that nothing here can answer is told', () => {
  expect(() => resolved("[mystery('x')]")).toThrow('mystery is not defined');
});
