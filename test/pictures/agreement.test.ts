import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sniff } from '../../src/pictures/format.ts';
import { agreementOver } from '../support/agreement.ts';
import { type Mutated, mutated, wholePictures } from '../support/mutatedPictures.ts';
import { seenByServer } from './oneVerdict.ts';
import { verdict } from './painted.ts';

let damaged: Mutated[];
beforeAll(async () => {
  damaged = fc.sample(mutated(await wholePictures()), 300);
});

/** Some thousands of them: npm run fuzz, which lists in what the two differ. */
describe('a damaged picture of any format', () => {
  it('is taken where the strict decoder takes it, and refused where it does not', async () => {
    const { agreed, looked, disagreements } = await agreementOver(damaged);
    expect(agreed / looked, disagreements.join('\n')).toBeGreaterThan(0.985);
  });

  it('is read by the prediction server where the app takes it, and only there', async () => {
    const plain = damaged.filter(({ bytes }) => 'format' in sniff(bytes));
    const said = await Promise.all(
      plain.map(async ({ format, how, bytes }) => {
        const [app, server] = [await verdict(bytes), await seenByServer(bytes)];
        return { format, how, app, server: typeof server === 'string' ? server : 'read' };
      }),
    );
    // the server looks at the sides first, and does not decode what is too long
    const decoded = said.filter(({ server }) => server !== 'BadRequestImageDimensions');
    expect(decoded.filter(({ app, server }) => (app === 'fit') !== (server === 'read'))).toEqual([]);
    expect(decoded.length).toBeGreaterThan(plain.length / 2);
  });
});
