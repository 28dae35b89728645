import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Outcome, scorePicture } from '../../src/functions/scorePicture.ts';
import type { PredictionClient } from '../../src/vision/client.ts';
import { freshPicture, type Scoring, startScoring, type Watch } from '../support/scoring.ts';

// Who waits for a claim asks again every half second, which would make each of many runs slow.
vi.mock('node:timers/promises', async (original) => {
  const timers = await original<typeof import('node:timers/promises')>();
  return {
    ...timers,
    setTimeout: (milliseconds: number, ...rest: [unknown, object]) =>
      timers.setTimeout(milliseconds === 500 ? 5 : milliseconds, ...rest),
  };
});

let scoring: Scoring;
/** What is asked at each step of each instance; the run at hand decides who goes on. */
let step: (what: string) => Promise<void> = async () => {};
const INSTANCES = ['A', 'B', 'C'];
let watched: Awaited<ReturnType<Scoring['containers']>>[];
beforeAll(async () => {
  scoring = await startScoring();
  const watchOf =
    (instance: string): Watch =>
    async ({ method, path }) => {
      await step(`${instance} ${method} ${path}`);
      return undefined;
    };
  watched = await Promise.all(INSTANCES.map((instance) => scoring.containers(watchOf(instance))));
  await Promise.all([watched[0]?.predictions.create(), watched[0]?.claims.create()]);
});
afterAll(() => scoring?.close());

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function deliver(instance: number, name: string, handed?: Buffer): Promise<Outcome> {
  const containers = watched[instance];
  const client: PredictionClient = {
    async predict(...call) {
      await step(`${INSTANCES[instance]} sends the picture`);
      const answer = await scoring.vision.client.predict(...call);
      await step(`${INSTANCES[instance]} gets its answer`);
      return answer;
    },
  };
  const parts = await scoring.parts({ client, ...(containers && { containers }) });
  return scorePicture(parts, name, handed && { handed });
}

describe('in whatever order the steps of three instances come', () => {
  it('each content is paid for at most once, and the document is of the last one', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, handOver) => {
        run += 1;
        scoring.vision.server.reset();
        step = async () => {};
        const name = `run/${run}.jpg`;
        const contents = [freshPicture(), freshPicture()] as const;
        await scoring.storage.drop(name, contents[0]);
        step = (what) => scheduler.schedule(Promise.resolve(), what);
        const overwritten = async () => {
          await step('the picture is changed');
          await scoring.storage.drop(name, contents[1]);
          return deliver(2, name, contents[1]);
        };
        const outcomes = await scheduler.waitFor(
          Promise.all([
            deliver(0, name, handOver ? contents[0] : undefined),
            deliver(1, name),
            overwritten(),
          ]),
        );
        step = async () => {};
        const sent = scoring.vision.server.requests.map(({ sha256 }) => sha256);
        expect(new Set(sent).size).toBe(sent.length);
        expect((await scoring.documentOf(name)).image.sha256).toBe(sha(contents[1]));
        expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(sent.length);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
