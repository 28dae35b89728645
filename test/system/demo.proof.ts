import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { run } from '../support/terminal.ts';

it('npm run demo scores what it draws with one token for each resource, ends with 0 and leaves nothing', async () => {
  // Azurite’s own ports being taken changes nothing
  for (const port of [10_000, 10_001, 10_002]) {
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) =>
      server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve),
    );
  }
  const demo = run('local/demo.ts');
  const [code] = await demo.exited;
  expect(demo.output()).toContain(
    'tokens requested: 1 for https://cognitiveservices.azure.com, 1 for https://storage.azure.com',
  );
  const [, right = 0, all = 0] = /(\d+) of (\d+) top tags/u.exec(demo.output())?.map(Number) ?? [];
  expect(all).toBeGreaterThanOrEqual(9);
  expect(right / all).toBeGreaterThanOrEqual(7 / 8);
  expect(code).toBe(0);
  expect(demo.processes()).toEqual([]);
  expect(demo.leftovers()).toEqual([]);
});
