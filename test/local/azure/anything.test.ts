import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFilter } from '../../../local/azure/arm/filter.ts';
import { readGraphFilter } from '../../../local/azure/graph/filter.ts';
import { ARM_SCOPE, GRAPH_SCOPE, testAzure } from './localAzure.ts';

const held = testAzure();
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const words = fc.constantFrom(
  'subscriptions',
  '00000000-0000-0000-0000-000000000000',
  'resourceGroups',
  'orchard',
  'providers',
  'Microsoft.Web',
  'Microsoft.Authorization',
  'sites',
  'roleAssignments',
  'locations',
  'operationStatuses',
  'trees',
);
const segment = fc.oneof({ weight: 4, arbitrary: words }, fc.string());
const armPath = fc.array(segment, { maxLength: 10 });
const graphPath = fc.array(
  fc.oneof(fc.constantFrom('v1.0', 'servicePrincipals', 'appRoleAssignments'), fc.string()),
  { maxLength: 5 },
);
const method = fc.constantFrom('GET', 'PUT', 'PATCH', 'POST', 'DELETE', 'HEAD');

async function statusOf(url: string, scope: string, verb: string, body: unknown): Promise<number> {
  const token = await held.it.credential.getToken(scope);
  const answer = await fetch(url, {
    method: verb,
    headers: { authorization: `Bearer ${token?.token}`, 'content-type': 'application/json' },
    ...(verb === 'GET' || verb === 'HEAD' ? {} : { body: JSON.stringify(body) ?? '' }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

describe('whatever is asked', () => {
  it('ARM answers or refuses, and never fails', async () => {
    held.it.azure.put({
      id: `${held.it.group}/providers/Microsoft.Web/sites/trees`,
      type: 'Microsoft.Web/sites',
    });
    await fc.assert(
      fc.asyncProperty(armPath, method, fc.string(), fc.jsonValue(), async (path, verb, filter, body) => {
        const query = new URLSearchParams({ 'api-version': '2025-03-01', $filter: filter });
        const url = `${held.it.azure.armUrl}/${path.map(encodeURIComponent).join('/')}?${query}`;
        expect(await statusOf(url, ARM_SCOPE, verb, body)).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  });

  it('Graph answers or refuses, and never fails', async () => {
    held.it.azure.servicePrincipals.add({ displayName: 'trees' });
    await fc.assert(
      fc.asyncProperty(graphPath, method, fc.string(), fc.jsonValue(), async (path, verb, filter, body) => {
        const query = new URLSearchParams({ $filter: filter });
        const url = `${held.it.azure.graphUrl}/${path.map(encodeURIComponent).join('/')}?${query}`;
        expect(await statusOf(url, GRAPH_SCOPE, verb, body)).toBeLessThan(500);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a filter', () => {
  it('finds exactly the value that it names, whatever that is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, other) => {
        const arm = readFilter(`name eq ${quoted(value)}`, ['name']);
        const graph = readGraphFilter(`displayName eq ${quoted(value)}`, false);
        const same = value.toLowerCase() === other.toLowerCase();
        expect(arm.test({ name: value })).toBe(true);
        expect(arm.test({ name: other })).toBe(same);
        expect(graph({ displayName: value })).toBe(true);
        expect(graph({ displayName: other })).toBe(same);
      }),
    );
  });

  it('asks for all of its parts, also for values with words like and in them', () => {
    const filter = readFilter("name eq 'salt and pepper' and location ne 'eastus'", ['name', 'location']);
    expect(filter.test({ name: 'salt and pepper', location: 'westeurope' })).toBe(true);
    expect(filter.test({ name: 'salt and pepper', location: 'eastus' })).toBe(false);
    expect(filter.test({ name: 'salt', location: 'westeurope' })).toBe(false);
  });
});
