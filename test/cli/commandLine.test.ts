import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operator, startOperator } from '../support/operator.ts';
import { secretsIn, withoutIds } from '../support/recording.ts';

let operator: Operator;
let folder: string;
beforeAll(async () => {
  [operator, folder] = await Promise.all([startOperator(), mkdtemp(join(tmpdir(), 'keyless-drawings-'))]);
});
afterAll(async () => {
  await operator?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs commands one after another and keeps what they said as it looks, without what differs from run to run. */
async function recorded(name: string, ...commands: string[][]): Promise<void> {
  const said: string[] = [];
  for (const args of commands) {
    const { code, out, err } = await operator.run(args);
    expect(secretsIn(`${out}${err}`, operator.canaries), args.join(' ')).toEqual([]);
    const parts = [
      `$ keyless ${args.join(' ')}`,
      out,
      err && `(standard error)\n${err}`,
      `(ended with ${code})`,
    ];
    said.push(
      parts
        .map((part) => part.trimEnd())
        .filter(Boolean)
        .join('\n'),
    );
  }
  await expect(`${withoutIds(said.join('\n\n'))}\n`).toMatchFileSnapshot(`commandLine/${name}.txt`);
}

const PICTURES = 'local/samples/pictures';

describe('the command line, as it looks', () => {
  it('projects', () => recorded('projects', ['projects'], ['projects', '--json']));

  it('take-home and storage-integration', () =>
    recorded(
      'take-home',
      ['take-home', 'fruit', '--dry-run', '--forms', 'onnx,vaidk'],
      ['take-home', 'fruit', '--to', join(folder, 'fruit')],
      ['take-home', 'fruit', '--to', operator.container, '--json'],
      ['take-home', 'fruit', '--to', operator.container, '--forms', 'none'],
      ['take-home', 'pears'],
      ['storage-integration', 'show', 'fruit'],
      ['storage-integration', 'clear', 'fruit'],
    ));

  it('predict', () =>
    recorded(
      'predict',
      ['predict', PICTURES, '--model', 'fruit'],
      ['predict', `${PICTURES}/basket.jpg`, '--model', 'fruit-boxes', '--json'],
      [
        'predict',
        `${PICTURES}/basket.jpg`,
        'local/samples/fruit/labels.txt',
        '--model',
        'fruit-boxes',
        '--svg',
        folder,
      ],
    ));

  it('compare', () =>
    recorded(
      'compare',
      ['compare', 'fruit', 'local/samples/fruit', PICTURES],
      ['compare', 'fruit-boxes', 'local/samples/fruit-boxes', PICTURES],
      ['compare', 'fruit', 'pears', PICTURES],
    ));

  it('token', () =>
    recorded(
      'token',
      ['token'],
      ['token', '--audience-check', 'api://keyless-vision', '--role', 'Images.Predict'],
    ));

  it('identity', () => {
    const { site, identities } = operator.ids;
    return recorded(
      'identity',
      ['identity', 'show', site],
      ['identity', 'assign', site, '--system', '--user', identities[0], '--user', identities[1]],
      ['identity', 'remove', site, '--user', identities[0]],
      ['identity', 'remove', site, '--system'],
      ['identity', 'remove', site, '--all', '--yes'],
      ['identity', 'show', site],
    );
  });

  it('grant and revoke', () => {
    const { account, storage, worker } = operator.ids;
    const appRole = ['--api', 'api://keyless-vision', '--role', 'Images.Predict', '--app', worker];
    return recorded(
      'grant',
      ['grant', 'vision', '--scope', account, '--app', worker, '--dry-run'],
      ['grant', 'vision', '--scope', account, '--app', worker],
      ['grant', 'vision', '--scope', account, '--app', worker],
      ['grant', 'storage', '--scope', storage, '--app', worker],
      ['grant', 'queue', '--scope', storage, '--app', worker],
      ['grant', 'app-role', ...appRole],
      ['grant', 'app-role', '--api', 'api://keyless-vision', '--role', 'Images.Predikt', '--app', worker],
      ['revoke', 'app-role', ...appRole],
      ['revoke', 'vision', '--scope', account, '--app', worker],
      ['revoke', 'vision', '--scope', account, '--app', worker],
    );
  });

  it('backfill and retry', async () => {
    await operator.drop('fruit/old.jpg', 'fruit/older.jpg');
    await recorded(
      'backfill',
      ['backfill', '--dry-run'],
      ['backfill'],
      ['backfill', '--yes'],
      ['backfill', '--json'],
    );
    await operator.dropBroken('fruit/broken.jpg');
    await recorded(
      'retry',
      ['backfill', '--yes', '--json'],
      ['retry', '--dry-run'],
      ['retry', '--code', 'ModelNotPublishd'],
    );
  });

  it('doctor', () => recorded('doctor', ['doctor'], ['doctor', '--no-paid-calls', '--json', '--verbose']));
});

describe('no output', () => {
  it('holds a token, a key or a connection string, whatever is asked, and whatever fails', async () => {
    const { site, account, worker } = operator.ids;
    const asked = [
      ['doctor', '--verbose', '--json', '--probe', '1'],
      ['doctor', '--app', 'keyless-app', '--resource-group', 'orchard', '--verbose'],
      ['token', '--scope', 'https://storage.azure.com/.default'],
      ['projects', '--json'],
      ['take-home', 'fruit', '--to', join(folder, 'scanned'), '--json'],
      ['storage-integration', 'show', 'fruit', '--json'],
      ['predict', PICTURES, '--json', '--model', 'fruit'],
      ['compare', 'fruit', 'local/samples/fruit', PICTURES, '--json'],
      ['identity', 'show', site, '--json'],
      ['documents', 'export', '--form', 'csv'],
    ];
    const refused = [
      ['grant', 'vision', '--scope', account, '--app', worker],
      ['identity', 'assign', site, '--system'],
    ];
    const scan = async (lists: readonly string[][]) => {
      const waiting = lists.values();
      const lane = async () => {
        for (const args of waiting) {
          const { out, err } = await operator.run(args);
          expect({ args, silent: out + err === '' }).toEqual({ args, silent: false });
          expect({ args, secrets: secretsIn(out + err, operator.canaries) }).toEqual({ args, secrets: [] });
        }
      };
      await Promise.all([lane(), lane()]); // two at a time, since each is a process
    };
    await scan(asked);
    const failing = operator.fail();
    await scan([...asked, ...refused]);
    failing.end();
  });
});
