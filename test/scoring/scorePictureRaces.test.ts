import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AskModel } from '../../src/prediction.ts';
import { type Outcome, scorePicture } from '../../src/scoring/scorePicture.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { runs } from '../support/runs.ts';
import { freshPicture, onceAt, type Scoring, startScoring } from '../support/scoring.ts';

// Who waits for a claim asks again every half second, which would make each of many runs slow.
vi.mock('node:timers/promises', async (original) => {
  const timers = await original<typeof import('node:timers/promises')>();
  return {
    ...timers,
    setTimeout: (milliseconds: number, ...rest: [unknown, object]) =>
      timers.setTimeout(milliseconds === 500 ? 5 : milliseconds, ...rest),
  };
});

/** What is sent is counted: nothing is to be tried again because this machine is slow. */
const budget = { total: 20_000, attempt: 10_000, firstWait: 5 };
/** Long enough for the others to do all of their work. */
const STALL_MS = 80;
/** One of several instances; it stalls before one of its steps: a storage request, or a call that is sent or answered. */
type Instance = { containers: Containers; step(): Promise<void>; stallBefore(step: number): void };

let scoring: Scoring;
let instances: Instance[];
beforeAll(async () => {
  scoring = await startScoring();
  instances = await Promise.all([createInstance(), createInstance(), createInstance()]);
  await Promise.all([
    instances[0]?.containers.predictions.create(),
    instances[0]?.containers.claims.create(),
  ]);
});
afterAll(() => scoring?.close());
beforeEach(() => scoring.vision.server.reset());

async function createInstance(): Promise<Instance> {
  let left = 0;
  const step = async () => {
    left -= 1;
    if (left === -1) await new Promise((resolve) => setTimeout(resolve, STALL_MS));
  };
  const containers = await scoring.containers(async () => {
    await step();
    return undefined;
  });
  return {
    containers,
    step,
    stallBefore(at) {
      left = at;
    },
  };
}

async function deliver({ containers, step }: Instance, name: string, handed?: Buffer): Promise<Outcome> {
  const { ask: askService } = await scoring.parts({ containers });
  const ask: AskModel = async (...call) => {
    await step();
    const answer = await askService(...call);
    await step();
    return answer;
  };
  return scorePicture(await scoring.parts({ ask, containers, budget }), name, handed && { handed });
}

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const stall = fc.nat(12);
const run = fc.record({
  stalls: fc.tuple(stall, stall, stall),
  handOver: fc.boolean(),
  changedAfterMs: fc.constantFrom(0, 10, 30),
});
const paid = () => scoring.vision.server.requests.length;

describe('two instances with one picture', () => {
  it('pay once: one writes, the other notices', async () => {
    scoring.vision.server.faults.latencyMs = 200;
    await scoring.dropFresh('raced.jpg');
    const instances = await Promise.all([scoring.parts(), scoring.parts(), scoring.parts()]);
    const outcomes = await Promise.all(instances.map((parts) => scorePicture(parts, 'raced.jpg')));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['already done', 'already done', 'written']);
    expect(paid()).toBe(1);
  });

  it('do not write over what is newer with what one of them read long ago', async () => {
    await scoring.dropFresh('stale.jpg');
    let newest: Buffer = Buffer.alloc(0);
    // it has read the picture, and before it claims, the picture is changed and scored by another
    const watch = onceAt('PUT', '/predictions-claims/stale.jpg', async () => {
      newest = await scoring.dropFresh('stale.jpg');
      await scorePicture(await scoring.parts(), 'stale.jpg');
    });
    await scorePicture(await scoring.parts(), 'before.jpg'); // a document, so that its container is there
    const outcome = await scorePicture(await scoring.parts({ watch }), 'stale.jpg');
    expect((await scoring.documentOf('stale.jpg')).image.sha256).toBe(sha(newest));
    expect(outcome).toEqual({ kind: 'already done' });
    expect(paid()).toBe(1);
  });

  it('leave the document of the picture as it is now, when it is changed while it is scored', async () => {
    scoring.vision.server.faults.latencyMs = 200;
    await scoring.dropFresh('during.jpg');
    const first = scorePicture(await scoring.parts(), 'during.jpg');
    while (paid() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const bytes = await scoring.dropFresh('during.jpg');
    const second = scorePicture(await scoring.parts(), 'during.jpg', { handed: bytes });
    expect([(await first).kind, (await second).kind]).toEqual(['written', 'written']);
    expect((await scoring.documentOf('during.jpg')).image.sha256).toBe(sha(bytes));
    expect(paid()).toBe(2);
  });

  it('do not undo each other when one lost its claim unawares', async () => {
    await scoring.dropFresh('unaware.jpg');
    const { claims } = await scoring.containers();
    let bytes: Buffer = Buffer.alloc(0);
    // it slept, say, from its prediction until its write, longer than its lease
    const watch = onceAt('PUT', '/predictions/unaware.jpg.json', async () => {
      await claims.getBlobClient('unaware.jpg').getBlobLeaseClient().breakLease(0);
      bytes = await scoring.dropFresh('unaware.jpg');
      expect(await scorePicture(await scoring.parts(), 'unaware.jpg')).toMatchObject({ kind: 'written' });
    });
    expect(await scorePicture(await scoring.parts({ watch }), 'unaware.jpg')).toEqual({ kind: 'superseded' });
    expect((await scoring.documentOf('unaware.jpg')).image.sha256).toBe(sha(bytes));
    expect(paid()).toBe(2);
  });

  it('agree on one document when both had the claim and the same content', async () => {
    await scoring.dropFresh('both.jpg');
    const { claims } = await scoring.containers();
    const watch = onceAt('PUT', '/predictions/both.jpg.json', async () => {
      await claims.getBlobClient('both.jpg').getBlobLeaseClient().breakLease(0);
      await scorePicture(await scoring.parts(), 'both.jpg');
    });
    expect(await scorePicture(await scoring.parts({ watch }), 'both.jpg')).toEqual({ kind: 'already done' });
    expect(paid()).toBe(2); // a crash, or a sleep beyond the lease, costs one call more
  });
});

describe('wherever three instances with one picture stall', () => {
  it('each content is paid for at most once, and the document is of the last one', async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(run, async ({ stalls, handOver, changedAfterMs }) => {
        scoring.vision.server.reset();
        tried += 1;
        const name = `run/${tried}.jpg`;
        const [before, after] = [freshPicture(), freshPicture()];
        await scoring.storage.drop(name, before);
        for (const [index, instance] of instances.entries()) instance.stallBefore(stalls[index] ?? 0);
        const outcomes = await Promise.all(
          instances.map(async (instance, index) => {
            if (index < 2) return deliver(instance, name, handOver ? before : undefined);
            await new Promise((resolve) => setTimeout(resolve, changedAfterMs));
            await scoring.storage.drop(name, after);
            return deliver(instance, name, after);
          }),
        );
        const sent = scoring.vision.server.requests.map(({ sha256 }) => sha256);
        expect(new Set(sent).size).toBe(sent.length);
        expect((await scoring.documentOf(name)).image.sha256).toBe(sha(after));
        expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(sent.length);
      }),
      { numRuns: runs(5), endOnFailure: true },
    );
  });
});
