import { fileURLToPath } from 'node:url';
import { createClosing } from '../../local/closing.ts';
import { startHost } from '../../local/host/start.ts';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';

const API = 'api://7d2f0c4e-5b16-4a8d-9c3e-2f1a0b9c8d7e';
const ROLE = 'Pictures.Receive';
const EVENT = {
  ...{ specversion: '1.0', id: 'kX2', source: 'https://orchard.blob.core.windows.net/images' },
  ...{ type: 'keyless.vision.prediction.succeeded', subject: 'orchard/tree-7.jpg' },
};

/** The called side on this machine: what it answers to whom. */
const closing = createClosing();
try {
  const identity = closing.add(await startIdentityEndpoint());
  const host = await startHost({
    appDirectory: fileURLToPath(new URL('.', import.meta.url)),
    settings: {
      CALLER_AUTH: 'entra',
      ENTRA_TENANT_ID: identity.tenantId,
      ENTRA_AUTHORITY: identity.authority,
      ENTRA_AUDIENCE: API,
      ENTRA_ROLE: ROLE,
    },
  });
  closing.add({ close: () => host.stop() });
  const call = async (who: string, token?: string) => {
    const answer = await fetch(`${host.url}/api/pictures`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents+json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(EVENT),
    });
    const text = await answer.text();
    const { code = '' } = text ? (JSON.parse(text) as { code?: string }) : {};
    console.log(`${who.padEnd(34)} ${answer.status} ${code}`.trimEnd());
  };
  await call('nobody');
  await call('a token of another API', await identity.issue({}, { resource: 'https://vault.azure.net' }));
  await call('a token without the role', await identity.issue({}, { resource: API }));
  await call(
    'a forged token with the role',
    await identity.issue({ roles: [ROLE] }, { resource: API, forged: true }),
  );
  await call('a token with the role', await identity.issue({ roles: [ROLE] }, { resource: API }));
} finally {
  await closing.close();
}
