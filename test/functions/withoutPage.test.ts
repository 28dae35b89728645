import { expect, it } from 'vitest';
import { environment } from '../settings/environment.ts';
import { loadFunctions } from '../support/registeredFunctions.ts';

it('With UI=off there is no page and none of its files, and all else stays', async () => {
  const app = await loadFunctions(environment({ UI: 'off' }) as Record<string, string>);
  expect(app.names()).not.toContain('ui');
  expect(app.names()).toEqual(expect.arrayContaining(['predictImage', 'listModels', 'openapi', 'health']));
});
