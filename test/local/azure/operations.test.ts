import { describe, expect, it } from 'vitest';
import { rejection } from '../../support/secrets.ts';
import { ARM_SCOPE, testAzure } from './localAzure.ts';

const held = testAzure();
const TYPE = 'Microsoft.EventGrid/systemTopics';
const VERSION = '2025-02-15';
const mailId = () => `${held.it.group}/providers/${TYPE}/mail`;
const patch = () =>
  held.it.resources.resources.updateById(mailId(), VERSION, { identity: { type: 'SystemAssigned' } });

async function send(method: string, body?: object): Promise<Response> {
  const token = await held.it.credential.getToken(ARM_SCOPE);
  return fetch(`${held.it.azure.armUrl}${mailId()}?api-version=${VERSION}`, {
    method,
    headers: { authorization: `Bearer ${token?.token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

const statuses = () =>
  held.it.azure.requests.filter(({ path }) => path.includes('/operationStatuses/')).length;

describe('an operation that takes time', () => {
  it('creates: 201, then is asked after, then the resource is there', async () => {
    const { azure, resources } = held.it;
    azure.put({ id: `${held.it.group}/providers/${TYPE}/other`, type: TYPE });
    const created = await resources.resources
      .createOrUpdateById(mailId(), VERSION, { location: 'global', properties: { dataLocation: 'Europe' } })
      .pollUntilDone();
    expect(created).toMatchObject({
      id: mailId(),
      location: 'global',
      properties: { dataLocation: 'Europe', provisioningState: 'Succeeded' },
    });
    expect(azure.requests.find(({ method }) => method === 'PUT')).toMatchObject({ status: 201 });
    expect(statuses()).toBe(3);
  });

  it('changes the resource only when it ends', async () => {
    const { azure } = held.it;
    azure.put({ id: mailId(), type: TYPE });
    azure.operations.retryAfterSeconds = 15;
    const answer = await send('PATCH', { identity: { type: 'SystemAssigned' } });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('retry-after')).toBe('15');
    expect(answer.headers.get('location')).toContain('/operationResults/');
    expect(azure.get(mailId())).not.toHaveProperty('identity');
    expect(azure.get(mailId())?.properties.provisioningState).toBe('Updating');
    const refused = await send('PATCH', { tags: { a: 'b' } });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ error: { code: 'AnotherOperationInProgress' } });
    // Whoever polls the resource itself sees the end of it too.
    for (let look = 0; look < 3; look += 1) await send('GET');
    expect(azure.get(mailId())?.identity?.type).toBe('SystemAssigned');
  });

  it('deletes: 202, then gone with its principal', async () => {
    const { azure, resources } = held.it;
    azure.put({ id: mailId(), type: TYPE, identity: { type: 'SystemAssigned' } });
    expect(azure.servicePrincipals.list()).toHaveLength(1);
    await resources.resources.deleteById(mailId(), VERSION).pollUntilDone();
    expect(azure.get(mailId())).toBeUndefined();
    expect(azure.servicePrincipals.list()).toEqual([]);
    expect((await send('DELETE')).status).toBe(204);
  });

  it('that fails leaves the resource as it was, and says why', async () => {
    const { azure } = held.it;
    azure.put({ id: mailId(), type: TYPE });
    azure.failNextOperation('InternalServerError', 'The identity could not be made.');
    expect(await rejection(patch().pollUntilDone())).toMatchObject({
      message: expect.stringContaining('The identity could not be made.'),
    });
    expect(azure.get(mailId())).not.toHaveProperty('identity');
    expect(azure.get(mailId())?.properties.provisioningState).toBe('Failed');
    await patch().pollUntilDone();
    expect(azure.get(mailId())).toMatchObject({
      identity: { type: 'SystemAssigned' },
      properties: { provisioningState: 'Succeeded' },
    });
  });

  it('ends after as many polls as it is told', async () => {
    const { azure } = held.it;
    azure.put({ id: mailId(), type: TYPE });
    azure.operations.polls = 5;
    await patch().pollUntilDone();
    expect(statuses()).toBe(6);
  });
});
