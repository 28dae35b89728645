import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalAzure, startLocalAzure } from '../../local/azure/start.ts';
import { createClosing } from '../../local/closing.ts';
import { waitFor } from '../../local/waiting.ts';
import { useStack } from '../support/journeys.ts';
import { provision, SITE, startPostDeploy } from '../support/postDeploying.ts';

const stack = useStack();
const closing = createClosing();
let azure: LocalAzure;
let stopHost: (() => Promise<void>) | undefined;
beforeAll(async () => {
  const { identity, certificate } = stack.current;
  azure = closing.add(await startLocalAzure({ identity, certificate }));
});
afterAll(() => closing.close());
beforeEach(() => {
  azure.reset();
  Object.assign(azure.operations, { polls: 0 });
  provision(azure);
  azure.deployCode(SITE, ['predictBlob']);
  stack.current.prediction.reset();
});
afterEach(async () => {
  await stopHost?.();
  stopHost = undefined;
});

async function deploy(): Promise<void> {
  const host = await stack.current.startHost();
  stopHost = () => host.stop();
}
const start = (args: readonly string[] = [], own: Record<string, string> = {}) =>
  startPostDeploy(azure, args, {
    IMAGE_BLOB_SERVICE_URI: stack.current.azurite.blobServiceUri,
    ...own,
  });
/** Every blob of both containers that a probe may have left. */
async function left(): Promise<string[]> {
  const names: string[] = [];
  const { images, predictions } = stack.current.uploader;
  for (const container of [images, predictions])
    for await (const { name } of container.listBlobsFlat({ prefix: 'keyless-probe-' })) names.push(name);
  return names;
}

describe('the probe picture after a deployment', () => {
  it('gets its document, and both are taken away again', async () => {
    await deploy();
    const { code, out } = await start().finished;
    expect(out).toMatch(
      /was made\.\nA probe picture got its document after [\d.]+ s, top tag apple [01]\.\d\d; both/u,
    );
    expect(code).toBe(0);
    expect(await left()).toEqual([]);
  });

  it('that could not be scored says why and what to do, and is taken away', async () => {
    await deploy();
    stack.current.prediction.answerNext('PermissionDenied');
    const { code, err } = await start().finished;
    expect(code).toBe(1);
    expect(err).toContain('Events arrive, but the probe picture could not be scored: PermissionDenied');
    expect(err).toContain('Fix: ');
    expect(await left()).toEqual([]);
  });

  it('that nobody scores is told of, with where to look, and is taken away', async () => {
    const { code, err } = await start(['--patience', '1']).finished;
    expect(code).toBe(1);
    expect(err).toContain('No document came for the probe picture within');
    expect(err).toContain('doctor --app func-orchard --resource-group rg-orchard');
    expect(await left()).toEqual([]);
  });

  it('that cannot be dropped is told of', async () => {
    const { code, err } = await start([], { IMAGES_CONTAINER: 'not-there' }).finished;
    expect(code).toBe(1);
    expect(err).toMatch(/No probe picture could be dropped at \S+\/not-there: 404\./u);
  });

  it('is taken away when the operator interrupts the wait', async () => {
    const { child, finished } = start();
    await waitFor('the probe picture', async () => ((await left()).length > 0 ? true : undefined));
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
    expect(await left()).toEqual([]);
  });
});
