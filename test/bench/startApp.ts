import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { loadFunctions } from '../support/registeredFunctions.ts';
import { entryAt, startStub } from './stub.ts';

/** Loads the bundle into this process, over a stub and the local identity endpoint; settings given here go first. */
export async function startApp(own: (stub: string) => Record<string, string> = () => ({})) {
  const [stub, identity] = await Promise.all([startStub(), startIdentityEndpoint()]);
  const settings = {
    ...identity.environment,
    ImageStorage: 'UseDevelopmentStorage=true',
    VISION_MODELS: JSON.stringify({ fruit: entryAt(stub.endpoint) }),
    ...own(stub.endpoint),
  };
  const started = performance.now();
  const app = await loadFunctions(settings, new URL('../../dist/main.cjs', import.meta.url).href);
  await app.start();
  return {
    app,
    endpoint: stub.endpoint,
    startMs: performance.now() - started,
    async close() {
      stub.close();
      await identity.close();
    },
  };
}
