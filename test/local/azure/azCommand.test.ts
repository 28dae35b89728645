import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AzureCliCredential } from '@azure/identity';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { rejection } from '../../support/secrets.ts';
import { ARM_SCOPE, GRAPH_SCOPE, startTestAzure, testAzure } from './localAzure.ts';

const held = testAzure();
const run = promisify(execFile);
const path = process.env.PATH;
afterEach(() => {
  process.env.PATH = path;
});

function credential(): AzureCliCredential {
  process.env.PATH = held.it.azure.environment.PATH;
  return new AzureCliCredential();
}

describe('az', () => {
  it('gives AzureCliCredential the operator’s tokens, which ARM and Graph take', async () => {
    const { azure, get } = held.it;
    const [arm, graph] = [await credential().getToken(ARM_SCOPE), await credential().getToken(GRAPH_SCOPE)];
    expect(decodeJwt(arm.token)).toMatchObject({
      oid: azure.operator.objectId,
      upn: azure.operator.name,
      aud: 'https://management.azure.com',
      idtyp: 'user',
    });
    expect(decodeJwt(arm.token)).not.toHaveProperty('xms_mirid');
    expect(arm.expiresOnTimestamp).toBeGreaterThan(Date.now() + 3_500_000);
    expect((await get(`${azure.armUrl}/tenants?api-version=2025-04-01`, arm.token)).status).toBe(200);
    expect((await get(`${azure.graphUrl}/v1.0/servicePrincipals`, graph.token)).status).toBe(200);
  });

  it('says that nobody is signed in when told so', async () => {
    held.it.azure.signedIn = false;
    expect(await rejection(credential().getToken(ARM_SCOPE))).toMatchObject({
      name: 'CredentialUnavailableError',
      message: expect.stringContaining("run 'az login'"),
    });
  });

  it('refuses any other command', async () => {
    const error = await rejection(run('az', ['group', 'list'], { env: held.it.azure.environment }));
    expect(error).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("'group list' is not known here"),
    });
  });

  it('is gone when everything is closed', async () => {
    const own = await startTestAzure();
    const az = join(String(own.azure.environment.PATH).split(':')[0] ?? '', 'az');
    expect(existsSync(az)).toBe(true);
    await own.close();
    expect(existsSync(az)).toBe(false);
  });
});

describe('the environment', () => {
  it('is enough for a command: addresses, the authority and the credential to use', async () => {
    const { azure } = held.it;
    const script = `fetch(process.env.AZURE_ARM_ENDPOINT + '/tenants').then((answer) => console.log(answer.status, process.env.AZURE_TOKEN_CREDENTIALS))`;
    const { stdout } = await run(process.execPath, ['-e', script], { env: azure.environment });
    expect(stdout).toBe('401 AzureCliCredential\n');
    expect(azure.environment.AZURE_GRAPH_ENDPOINT).toBe(azure.graphUrl);
  });
});
