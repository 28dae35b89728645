import { expect, it } from 'vitest';
import { environment } from '../settings/environment.ts';
import { loadFunctions } from '../support/registeredFunctions.ts';

it('With the delivery by webhook, the default, the blob trigger takes the pictures and no queue does', async () => {
  const app = await loadFunctions(environment() as Record<string, string>);
  expect(app.names()).toContain('predictBlob');
  expect(app.names()).toContain('recordFailure');
  expect(app.names().filter((name) => /queued/iu.test(name))).toEqual([]);
});
