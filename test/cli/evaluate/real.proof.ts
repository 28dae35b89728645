import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { spelling } from '../../../src/cli/evaluate/tagNames.ts';
import type { Labelled } from '../../../src/cli/evaluate/truth/truth.ts';
import { keylessHere } from '../../support/inProcess.ts';
import { saidBy } from './orchard.ts';
import { countTag, type Said, secondAveragePrecision } from './secondCount.ts';

/** As in test/exports/real.proof.ts: models and labelled photographs that people published. */
const PLACE =
  process.env.REAL_EXPORTS ?? fileURLToPath(new URL('../../../../shared/exports', import.meta.url));
const REAL = existsSync(PLACE) ? PLACE : '';
const TITLE = REAL ? '' : ` (skipped: they are not at ${PLACE}; REAL_EXPORTS names their folder)`;

type Reference = { models: Record<string, { labels: string[]; scores: Record<string, number[]> }> };

describe.skipIf(!REAL)(`evaluate on photographs that people published${TITLE}`, () => {
  const photographs = join(REAL, 'photographs');
  const model = join(REAL, 'models/android-fruits');
  const pictures = (REAL ? readdirSync(photographs) : []).flatMap((tag) =>
    readdirSync(join(photographs, tag)).map((file): Labelled => {
      return { name: `${tag}/${file}`, path: join(photographs, tag, file), tags: [tag] };
    }),
  );

  test('counts what an independent count finds, to the picture', async () => {
    const { code, out } = await keylessHere(['evaluate', model, photographs, '--json'], {});
    expect(code).toBe(0);
    const [told] = JSON.parse(out).models;
    const said = spelled(await saidBy(model, pictures, readFile), pictures);
    expect(told.pictures).toBe(51);
    expect(told.topRight.hits).toBe(
      said.filter(({ picture, answer }) => answer[0]?.tagName === picture.tags[0]).length,
    );
    for (const each of told.tags) {
      expect({ ...each, right: each.precision?.hits ?? 0 }).toMatchObject(countTag(said, each.tag, 0.5));
      const second = secondAveragePrecision(said, each.tag);
      if (second !== undefined) expect(Math.abs(each.averagePrecision - second)).toBeLessThan(0.001);
    }
    const wrong = said.filter(({ picture, answer }) => {
      const accepted = answer.filter(({ probability }) => probability >= 0.5);
      return accepted.length !== 1 || accepted[0]?.tagName !== picture.tags[0];
    });
    expect(told.wrong.map(({ name }: { name: string }) => name).toSorted()).toEqual(
      wrong.map(({ picture }) => picture.name).toSorted(),
    );
  });

  test('comes within two photographs of what TensorFlow says, and within 0.01 of its mAP', async () => {
    const reference = JSON.parse(await readFile(join(REAL, 'reference-scores.json'), 'utf8')) as Reference;
    const { labels = [], scores = {} } = reference.models['android-fruits'] ?? {};
    const theirs = spelled(
      pictures.map((picture) => ({
        picture,
        answer: labels
          .map((tagName, index) => ({
            ...{ tagName, tagId: tagName, probability: scores[picture.name]?.[index] ?? 0 },
          }))
          .toSorted((a, b) => b.probability - a.probability),
      })),
      pictures,
    );
    const { out } = await keylessHere(['evaluate', model, photographs, '--json'], {});
    const [told] = JSON.parse(out).models;
    const right = theirs.filter(({ picture, answer }) => answer[0]?.tagName === picture.tags[0]).length;
    expect(Math.abs(told.topRight.hits - right)).toBeLessThanOrEqual(2);
    const tags = ['apple', 'banana', 'orange'];
    const mean = tags.reduce((sum, tag) => sum + (secondAveragePrecision(theirs, tag) ?? 0), 0) / tags.length;
    expect(Math.abs(told.all.averagePrecision - mean)).toBeLessThan(0.01);
  });
});

function spelled(said: readonly Said[], pictures: readonly Labelled[]): Said[] {
  const spell = spelling(pictures.flatMap(({ tags }) => tags));
  return said.map(({ picture, answer }) => ({
    picture,
    answer: answer.map((each) => ({ ...each, tagName: spell(each.tagName) })),
  }));
}
