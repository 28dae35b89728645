import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AskModel } from '../../src/prediction.ts';
import { type Outcome, scorePicture } from '../../src/scoring/scorePicture.ts';
import type { Containers } from '../../src/storage/containers.ts';
import { runs } from '../support/runs.ts';
import { freshPicture, type Scoring, startScoring } from '../support/scoring.ts';

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
