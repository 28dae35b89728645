import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startLocalAzure } from '../../../local/azure/start.ts';
import { createCertificate } from '../../../local/certificate.ts';
import { createClosing } from '../../../local/closing.ts';
import { startIdentityEndpoint } from '../../../local/identity/endpoint.ts';
import { USER_ASSIGNED } from '../../../local/identity/identities.ts';
import { startPredictionServer } from '../../../local/prediction/server.ts';
import type { Result } from '../../../src/cli/doctor/check.ts';
import { watchfulPredictor } from '../../local/prediction/parts.ts';
import { keyless } from '../../support/command.ts';
import { keylessHere } from '../../support/inProcess.ts';
import { type Account, startAccount } from '../account.ts';

type Json = { healthy: boolean; cause: string | null; next: string | null; checks: Result[] };

const closing = createClosing();
let account: Account;
let environment: Record<string, string>;
beforeAll(async () => {
  account = closing.add(await startAccount());
  await account.storage.predictions.create();
  environment = {
    ...account.environment,
    AzureWebJobsStorage: account.storage.connectionString,
    BLOB_TRIGGER_SOURCE: 'LogsAndContainerScan',
  };
});
afterAll(closing.close);

type Run = (
  args: readonly string[],
  environment: Record<string, string>,
) => ReturnType<typeof keyless>['finished'];
/** In a process that has no token yet. */
const alone: Run = (args, own) => keyless({ commandEnvironment: own }, args).finished;

const doctor = (args: string[] = [], own: Record<string, string> = {}, run: Run = keylessHere) =>
  run(['doctor', ...args], { ...environment, ...own });

async function json(args: string[] = [], own: Record<string, string> = {}, run?: Run) {
  const { code, out, err } = await doctor(['--json', ...args], own, run);
  expect(err).toBe('');
  return { code, ...(JSON.parse(out) as Json) };
}

describe('keyless doctor', () => {
  it('ends with 0, without colours in a pipe, and with one closing line where all is well', async () => {
    const { code, out, err } = await doctor();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^No fault: (\d+) of \1 checks passed\.$/u);
    expect(out).toMatch(/^Settings\n {2}✓/u);
    expect(out).not.toContain('\u001b');
    expect(account.vision.server.count({ status: 200 })).toBe(2);
    expect(out).not.toMatch(/ey[\w-]{16,}|AccountKey/u);
  });

  it('names the cause first, and the next command in the last line, and ends with 1; no picture is sent unasked', async () => {
    account.vision.server.reset();
    const { code, out } = await doctor(['--no-paid-calls'], { IMAGES_CONTAINER: 'harvest' });
    expect(code).toBe(1);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe(
      '✗ The container harvest: The container harvest does not exist on devstoreaccount1.',
    );
    const command =
      'az storage container create --name harvest --connection-string UseDevelopmentStorage=true';
    expect(account.vision.server.count({ status: 200 })).toBe(0);
    expect(lines.at(-1)).toBe(`1 fault. First: The container harvest. Next: ${command}`);
  });

  it('reads local.settings.json as func start does', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyless-doctor-'));
    closing.add({ close: () => rm(folder, { recursive: true }) });
    const file = join(folder, 'local.settings.json');
    await writeFile(file, JSON.stringify({ Values: { IMAGES_CONTAINER: 'harvest' } }));
    const args = ['--settings', file, 'doctor', '--json', '--no-paid-calls'];
    const { out } = await keylessHere(args, environment);
    expect((JSON.parse(out) as Json).cause).toBe('images');
  });

  it('finds an app that has a user-assigned identity alone, and is content once it is selected', async () => {
    const identity = closing.add(await startIdentityEndpoint({ identities: [USER_ASSIGNED] }));
    const models = { fruit: watchfulPredictor('classify'), 'fruit boxes': watchfulPredictor('detect') };
    const server = closing.add(await startPredictionServer({ models, identity }));
    const own = {
      ...identity.environment,
      VISION_MODELS: (environment.VISION_MODELS ?? '').replaceAll(account.vision.server.url, server.url),
    };
    const broken = await json(['--no-paid-calls'], own, alone);
    expect(broken).toMatchObject({ code: 1, cause: 'identity' });
    expect(broken.checks.find(({ id }) => id === 'identity')?.fix).toMatch(/No identity is selected/u);
    expect(broken.next).toMatch(
      /func settings add MANAGED_IDENTITY_CLIENT_ID '<client id of the identity>'$/u,
    );
    const selected = { ...own, MANAGED_IDENTITY_CLIENT_ID: USER_ASSIGNED.clientId };
    const mended = await json(['--no-paid-calls'], selected, alone);
    expect(mended).toMatchObject({ code: 0, healthy: true, cause: null });
  });

  it('says who the developer is once somebody is signed in, and what to type before', async () => {
    const certificate = await createCertificate();
    closing.add({ close: certificate.remove });
    const { identity } = account.vision;
    const azure = closing.add(await startLocalAzure({ identity, certificate }));
    const local = { ...azure.environment, IDENTITY_ENDPOINT: '', IDENTITY_HEADER: '' };
    azure.signedIn = false;
    expect(await json(['--no-paid-calls'], local)).toMatchObject({
      code: 1,
      cause: 'identity',
      next: 'az login',
    });
    azure.signedIn = true;
    identity.assignments.grant(
      azure.operator.objectId,
      'keyless-vision-prediction',
      'Cognitive Services User',
    );
    const signedIn = await json(['--no-paid-calls'], local);
    expect(signedIn.checks.find(({ id }) => id === 'identity')).toMatchObject({
      status: 'ok',
      finding: expect.stringMatching(`the developer’s sign-in: object id ${azure.operator.objectId}`),
    });
    expect(signedIn.code).toBe(0);
  });

  it('takes a dropped picture away again where Ctrl-C ends the waiting, and ends with 130', async () => {
    const { child, finished } = keyless({ commandEnvironment: environment }, ['doctor', '--probe', '60']);
    const dropped = async () => {
      for await (const { name } of account.storage.images.listBlobsFlat())
        if (name.includes('keyless-doctor')) return true;
      return false;
    };
    await vi.waitUntil(dropped, { timeout: 15_000, interval: 50 });
    child.kill('SIGINT');
    const { code, err } = await finished;
    expect({ code, err }).toEqual({ code: 130, err: 'Interrupted; what was dropped is taken away again.\n' });
    expect(await dropped()).toBe(false);
  });

  it.each([
    [['--probe', 'soon'], /whole number of seconds/u],
    [['--probe', '--no-paid-calls'], /--no-paid-calls forbids it/u],
    [['--app', 'orchard'], /give --resource-group and --subscription too/u],
  ])('refuses %j, says what it expected, and ends with 2', async (args, words) => {
    const { code, out, err } = await doctor(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(words);
  });
});
