import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/cli/doctor/check.ts';
import { keyless } from '../support/command.ts';
import { keylessBeside } from '../support/inProcess.ts';
import { useStack } from '../support/journeys.ts';

const stack = useStack();

async function probe(seconds: number, own: Record<string, string> = {}) {
  const { out, code } = await keylessBeside(
    stack.current,
    ['doctor', '--json', '--probe', String(seconds)],
    own,
  );
  const { checks, next } = JSON.parse(out) as { checks: Result[]; next: string | null };
  return { code, next, found: checks.find(({ id }) => id === 'probe'), checks };
}

async function names(): Promise<string[]> {
  const found: string[] = [];
  for (const container of [stack.current.uploader.images, stack.current.uploader.predictions]) {
    for await (const { name } of container.listBlobsFlat()) found.push(name);
  }
  return found;
}

describe('doctor --probe', () => {
  it('finds that nobody hears of pictures, passes once the app runs, and tells why a picture failed; nothing stays behind', async () => {
    const silent = await probe(1);
    expect(silent).toMatchObject({ code: 1, next: 'npm start' });
    expect(silent.found?.finding).toMatch(/No document of keyless-doctor-.* came within 1 s/u);
    expect(await names()).toEqual([]);

    const host = await stack.current.startHost();
    const heard = await probe(30);
    expect(heard.found).toMatchObject({
      status: 'ok',
      finding: expect.stringMatching(/^It does, in .* from fruit/u),
    });
    expect(heard.code).toBe(0);
    expect(await names()).toEqual([]);

    // the app scores what is dropped, and files what it cannot score
    stack.current.prediction.faults.always({
      status: 404,
      body: JSON.stringify({ code: 'NotFoundIteration', message: 'Invalid iteration' }),
    });
    const failing = await probe(30);
    stack.current.prediction.reset();
    expect(failing.checks.find(({ status }) => status === 'fault')?.id).toBe('model:fruit');
    expect(failing.found).toMatchObject({
      status: 'fault',
      finding: expect.stringMatching(/The event came, but scoring failed: ModelNotPublished/u),
    });
    expect(await names()).toEqual([]);
    await host.stop();
  });
});

describe('doctor', () => {
  it('knows a certificate that nobody here vouches for from a service that is not there', async () => {
    const own = { NODE_EXTRA_CA_CERTS: '' };
    const { finished } = keyless(stack.current, ['doctor', '--json', '--no-paid-calls'], own);
    const { cause, next, checks } = JSON.parse((await finished).out) as {
      cause: string;
      next: string;
      checks: Result[];
    };
    expect(cause).toBe('images');
    expect(checks.find(({ id }) => id === 'images')?.finding).toMatch(
      /certificate of .* is not trusted here/u,
    );
    expect(next).toBe('export NODE_EXTRA_CA_CERTS=<authority.pem>');
  });
});
