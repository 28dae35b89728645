import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ASSIGNED } from '../../../local/identity/identities.ts';
import { TRAINING_ACCOUNT } from '../../../local/trainingApi/server.ts';
import { openTaken } from '../../../src/cli/takeHome/manifest.ts';
import { openPlace } from '../../../src/cli/takeHome/place.ts';
import { keylessHere } from '../../support/inProcess.ts';
import { rejection } from '../../support/secrets.ts';
import {
  endedAfter,
  expectAtHome,
  filesServed,
  startTakingHome,
  type TakingHome,
} from '../../support/takingHome.ts';

const PICTURES = 30;

let taking: TakingHome;
beforeAll(async () => {
  taking = await startTakingHome(PICTURES, 2);
});
afterAll(() => taking?.close());
beforeEach(() => taking.training.reset());

const run = (args: readonly string[], project = 'orchard: EAST & west') =>
  keylessHere(['take-home', project, ...args], taking.environment);
const home = () => ['--to', taking.folder];

describe('take-home', () => {
  it('takes every picture once, through an end without warning, faults, and addresses that have ended', async () => {
    const { training } = taking;
    training.faults.next(429);
    training.files.addressesLiveMs = -1;
    const restored = (async () => {
      while (training.files.requests.every(({ status }) => status !== 403)) await sleep(5);
      training.files.addressesLiveMs = 60_000;
    })();
    training.files.faults.next({ status: 503, headers: { 'retry-after': '0' } });
    const first = await endedAfter(taking, PICTURES / 3);
    await restored;
    training.files.faults.next('reset', 'truncated');
    const { code, out, err } = await taking.start().finished;
    expect(code, err).toBe(0);
    expect(out).toMatch(
      /30 pictures \(\d+ kB\), 27 of them tagged, 54 regions, 3 tags, 2 iterations, 1 export\./u,
    );
    expect(err).toMatch(
      /^Iteration 2: its domain General is not compact.*Train; then the same command again/mu,
    );
    await expectAtHome(taking, first + out + err, 1);
  });

  it('fetches nothing again but what is no longer as it was', async () => {
    const pictures = join(taking.folder, 'pictures');
    const [changed = '', removed = ''] = await readdir(pictures);
    const before = await readFile(join(pictures, changed));
    await writeFile(join(pictures, changed), before.subarray(0, -1));
    await writeFile(join(pictures, `${removed}.0123abcd.part`), 'what an interruption left');
    const { code, out } = await run([...home(), '--json']);
    expect({ code, told: JSON.parse(out) }).toMatchObject({
      code: 0,
      told: { complete: true, pictures: PICTURES, regions: 54, notExported: [{ iteration: 'Iteration 2' }] },
    });
    expect(filesServed(taking)).toBe(1);
    expect((await readFile(join(pictures, changed))).equals(before)).toBe(true);
    expect((await readdir(pictures)).length).toBe(PICTURES);
  });

  it('tells how much it would be, and takes nothing', async () => {
    const { code, out, err } = await run(['--dry-run', '--forms', 'onnx,tensorflow,vaidk']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^30 pictures \(about \d+ kB\), 27 of them tagged, 3 tags, 2 iterations, 2 exports\n {2}Iteration 1 as onnx\n {2}Iteration 1 as tensorflow\n$/u,
    );
    expect(err).toMatch(
      /Iteration 1: not as vaidk: the service offers ONNX, DockerFile, CoreML, TensorFlow/u,
    );
    expect(err).toMatch(/Nothing was taken/u);
    expect(taking.training.requests.map(({ method }) => method)).not.toContain('POST');
    expect(filesServed(taking)).toBe(0);
  });

  it('takes paths in a virtual network from the account itself, and other forms as they come', async () => {
    taking.training.virtualNetwork = true;
    const folder = `${taking.folder}-within`;
    const args = ['--to', folder, '--forms', 'coreml,tensorflow-lite', '--json'];
    const { code, out } = await run(args, taking.small.id);
    expect({ code, told: JSON.parse(out) }).toMatchObject({
      code: 0,
      told: {
        pictures: 2,
        exports: [
          { form: 'tensorflow-lite', checked: false, file: expect.stringMatching(/tensorflow-lite\.bin$/u) },
          { form: 'coreml', checked: false },
        ],
      },
    });
    expect(filesServed(taking)).toBe(0);
  });

  it('says who lacks the right to export, keeps the rest, and ends with 1', async () => {
    const { assignments } = taking.identity;
    const role = 'Cognitive Services Custom Vision Deployment';
    assignments.revoke(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT, role);
    assignments.grant(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT, 'Cognitive Services Custom Vision Reader');
    const { code, err } = await run([...home(), '--forms', 'onnx,docker-linux']);
    assignments.grant(SYSTEM_ASSIGNED.objectId, TRAINING_ACCOUNT, role);
    expect(code).toBe(1);
    expect(err).toMatch(/no role on account .* that lets it export/u);
    expect(err).toContain(`--role "${role}"`);
  });

  it('says which picture cannot be had, and not by which address', async () => {
    taking.training.files.faults.always(403);
    const args = ['--to', `${taking.folder}-none`, '--forms', 'none'];
    const { code, err } = await run(args, taking.small.id);
    expect(code).toBe(1);
    expect(err).toMatch(
      /gave 6 addresses of the picture [\da-f-]{36}, and none of them was good \(403 to GET picture/u,
    );
    expect(err).not.toMatch(/[?&](sig|se|sv)=/u);
  });

  it('refuses a project that is not there, and a form that is none', async () => {
    const [project, form] = await Promise.all([
      run(home(), 'orchrd: east & west'),
      run(['--forms', 'onnx,onx']),
    ]);
    expect(project).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no project orchrd.*Did you mean Orchard/u),
    });
    expect(form).toMatchObject({ code: 2, err: expect.stringMatching(/expected none or some of onnx/u) });
  });
});

describe('a place', () => {
  const credential = { getToken: async () => null };
  const project = { id: '1', name: 'one', account: 'an account' };

  it('is refused where it holds other things, or another project', async () => {
    const docs = await openPlace('docs', credential);
    expect(String(await rejection(openTaken(docs, project)))).toMatch(/docs holds other files/u);
    const other = await openPlace(taking.folder, credential);
    expect(String(await rejection(openTaken(other, project)))).toMatch(
      /holds the project Orchard: east & west/u,
    );
  });

  it('is a folder or a container, and no other address; a signature is not repeated', async () => {
    for (const address of [
      'https://a.example/b?sig=c',
      'https://a.example/',
      'http://a.example/home',
      'ftp://a/b',
    ]) {
      const refused = String(await rejection(openPlace(address, credential)));
      expect(refused).toMatch(/expected a folder or the address of a container/u);
      expect(refused).not.toContain('sig=');
    }
  });
});
