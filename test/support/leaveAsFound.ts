import { ManagedIdentityApplication } from '@azure/msal-node';
import { afterAll } from 'vitest';

/** Test files that share a process find its environment as it was at the start, and nothing of an identity that is gone. */
const environment = { ...process.env };
const { constructor: client } = Reflect.get(new ManagedIdentityApplication(), 'managedIdentityClient');

afterAll(() => {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  // MSAL keeps tokens, and where they are asked for, once for the whole process
  ManagedIdentityApplication['nodeStorage' as never] = undefined as never;
  client.identitySource = undefined;
});
