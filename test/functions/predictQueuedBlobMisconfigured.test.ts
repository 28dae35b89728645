import { expect, it } from 'vitest';
import { loadFunctions } from '../support/registeredFunctions.ts';

it('Without good settings no queue is listened to, so that its messages stay where they are', async () => {
  const app = await loadFunctions({ EVENT_DELIVERY: 'queue', VISION_TASK: 'look' });
  expect(app.names()).toContain('health');
  expect(app.names().filter((name) => /blob|failure/iu.test(name))).toEqual([]);
});
