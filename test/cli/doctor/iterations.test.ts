import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_ASSIGNED } from '../../../local/identity/identities.ts';
import { DEFAULT_PROJECT_ID } from '../../../local/prediction/models.ts';
import { iteration } from '../../../local/trainingApi/projects.ts';
import { startTrainingApi, TRAINING_ACCOUNT } from '../../../local/trainingApi/server.ts';
import { runDoctor } from '../../../src/cli/doctor/runDoctor.ts';
import { type Account, startAccount } from '../account.ts';

const DOMAIN = 'ee85a74c-405e-4adc-bb47-ffa8ca0c9f31';
let account: Account;
beforeAll(async () => {
  account = await startAccount();
});
afterAll(() => account?.close());
beforeEach(() => account.vision.server.reset());

const found = async (paidCalls = true, own: Record<string, string> = {}) => {
  const { results } = await runDoctor({ ...account.environment, ...own }, { paidCalls });
  return results.find(({ id }) => id === 'iteration:fruit');
};

describe('doctor, of the iteration that answers', () => {
  it('is content where no document tells one', async () => {
    expect(await found()).toMatchObject({ status: 'ok', finding: 'No document tells an iteration yet.' });
  });

  it('tells a change under the same published name, and names the command that scores the old ones anew', async () => {
    const { classifier, server } = account.vision;
    await account.drop('a.jpg', 'b.jpg', 'both/c.jpg');
    await account.run(['backfill', '--yes']);
    expect(await found()).toMatchObject({
      status: 'ok',
      finding: 'It answers with the iteration of the newest 3 documents.',
    });
    const [before, after] = [classifier.iterationId, randomUUID()];
    classifier.iterationId = after;
    server.reset();
    const changed = await found();
    expect(server.count({ status: 200 })).toBe(2); // one for each model: no call more than before
    expect(changed).toMatchObject({
      status: 'warning',
      finding: `The model changed: fruit answers with iteration ${after}, and 3 of the newest 3 documents are of ${before}.`,
      command: `npm run keyless -- backfill --model fruit --iteration ${after} --dry-run`,
    });
    const typed =
      changed?.command
        ?.split(' ')
        .slice(4)
        .filter((word) => word !== '--dry-run') ?? [];
    expect(await account.run([...typed, '--yes'])).toMatchObject({ code: 0 });
    expect(await found()).toMatchObject({ status: 'ok' });
  });

  it('takes the training account’s word where no call may be paid', async () => {
    await account.drop('a.jpg');
    await account.run(['backfill', '--yes']);
    const { identity, server } = account.vision;
    const published = iteration({ id: randomUUID(), name: 'Iteration 9', domainId: DOMAIN }, 'fruit');
    const project = { id: DEFAULT_PROJECT_ID, name: 'Fruit', domainId: DOMAIN, classificationType: null };
    const training = await startTrainingApi({
      projects: [{ ...project, iterations: [published] }],
      identity,
    });
    identity.assignments.grant(
      SYSTEM_ASSIGNED.objectId,
      TRAINING_ACCOUNT,
      'Cognitive Services Custom Vision Reader',
    );
    server.reset();
    const changed = await found(false, { VISION_TRAINING_ENDPOINT: training.url });
    await training.close();
    expect(changed).toMatchObject({
      status: 'warning',
      finding: expect.stringContaining(`fruit answers with iteration ${published.id}`),
    });
    expect(server.count({ status: 200 })).toBe(0);
  });

  it('looks at nothing where nothing tells which iteration answers', async () => {
    expect(await found(false)).toBeUndefined();
  });
});
