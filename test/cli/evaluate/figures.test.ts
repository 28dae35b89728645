import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluationOf, type Judged } from '../../../src/cli/evaluate/evaluation.ts';
import { interpolatedPrecision } from '../../../src/cli/evaluate/figures/averagePrecision.ts';
import { calibrationOf } from '../../../src/cli/evaluate/figures/calibration.ts';
import { confusionOf } from '../../../src/cli/evaluate/figures/confusion.ts';
import { f1Of, pointAt } from '../../../src/cli/evaluate/figures/curve.ts';
import { matchTag } from '../../../src/cli/evaluate/figures/matching.ts';
import { proportion } from '../../../src/cli/evaluate/figures/proportion.ts';
import { type Ranking, rankTags } from '../../../src/cli/evaluate/figures/ranking.ts';
import { signTest } from '../../../src/cli/evaluate/figures/signTest.ts';
import { thresholdsOf } from '../../../src/cli/evaluate/figures/thresholds.ts';
import { shapeNotices } from '../../../src/cli/evaluate/notices.ts';
import { spelling } from '../../../src/cli/evaluate/tagNames.ts';
import { byProbability, type Prediction } from '../../../src/prediction.ts';
import { countTag, secondAveragePrecision, secondCocoPrecision, secondMeans } from './secondCount.ts';

const TAGS = ['apple', 'lemon', 'pear', 'plum'];
const CASES = { numRuns: 1_000 };

/** Coarse, so that many are the same. */
const probability = fc.integer({ min: 0, max: 20 }).map((step) => step / 20);
const tag = fc.constantFrom(...TAGS);
const prediction = (tagName: string, value: number): Prediction => ({
  ...{ tagName, tagId: tagName, probability: value },
});

/** A classifier says something of every tag. */
const classified = fc
  .record({
    tags: fc.uniqueArray(tag, { maxLength: 3 }),
    probabilities: fc.tuple(probability, probability, probability, probability),
  })
  .map(
    ({ tags, probabilities }): Judged => ({
      picture: { name: 'a.jpg', path: 'a.jpg', tags },
      answer: byProbability(TAGS.map((name, index) => prediction(name, probabilities[index] ?? 0))),
    }),
  );

/** On a grid, so that many touch, lie in each other, or are the same. */
const side = fc.integer({ min: 1, max: 4 });
const box = fc
  .record({
    left: fc.integer({ min: 0, max: 4 }),
    top: fc.integer({ min: 0, max: 4 }),
    width: side,
    height: side,
  })
  .map(({ left, top, width, height }) => ({
    ...{ left: left / 8, top: top / 8, width: width / 8, height: height / 8 },
  }));
const drawnBox = fc.record({
  tag: fc.constantFrom('apple', 'lemon'),
  box,
  crowd: fc.integer({ min: 0, max: 7 }).map((roll) => roll === 0),
});
const boxed = fc
  .record({
    boxes: fc.array(drawnBox, { maxLength: 5 }),
    found: fc.array(fc.record({ tag: fc.constantFrom('apple', 'lemon', 'pear'), box, probability }), {
      maxLength: 7,
    }),
  })
  .map(
    ({ boxes, found }): Judged => ({
      picture: {
        ...{ name: 'a.jpg', path: 'a.jpg', tags: [...new Set(boxes.map((each) => each.tag))] },
        drawn: { boxes, width: 100, height: 100 },
      },
      answer: byProbability(
        found.map((each) => ({ ...prediction(each.tag, each.probability), boundingBox: each.box })),
      ),
    }),
  );

describe('the figures of a classifier', () => {
  it('are those of a second count, in 1,000 random sets of several tags', () => {
    fc.assert(
      fc.property(fc.array(classified, { minLength: 1, maxLength: 10 }), probability, (judged, threshold) => {
        const { tags, all } = evaluationOf(judged, 'several tags', threshold);
        for (const each of tags) {
          const name = each.tag ?? '';
          const counted = countTag(judged, name, threshold);
          expect({ ...each, right: each.precision?.hits ?? 0 }).toMatchObject(counted);
          expect(each.recall?.hits).toBe(counted.truths > 0 ? counted.right : undefined);
          expect(each.averagePrecision ?? -1).toBeCloseTo(secondAveragePrecision(judged, name) ?? -1, 9);
        }
        expect(all.accepted).toBe(tags.reduce((sum, each) => sum + each.accepted, 0));
      }),
      CASES,
    );
  });

  it('know no threshold that gives a better F1 than the best, which accepts what it says', () => {
    fc.assert(
      fc.property(fc.array(classified, { minLength: 1, maxLength: 10 }), (judged) => {
        const rankings = rankTags(
          judged.map(({ picture, answer }) => ({ tags: picture.tags, answer })),
          TAGS,
        );
        const { best } = thresholdsOf(rankings, 0.5);
        const others = Array.from(
          { length: 99 },
          (_, index) => f1Of(pointAt(rankings, (index + 1) / 100)) ?? 0,
        );
        if (!best) {
          expect(Math.max(...others)).toBe(0);
          return;
        }
        expect(f1Of(best)).toBeGreaterThanOrEqual(Math.max(...others));
        expect(pointAt(rankings, best.probability)).toEqual(best);
      }),
      { numRuns: 300 },
    );
  });

  it('are those that scikit-learn tells of its own example', () => {
    // average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) is 0.83…, by its documentation
    const scored = [
      { probability: 0.8, right: true },
      { probability: 0.4, right: false },
      { probability: 0.35, right: true },
      { probability: 0.1, right: false },
    ];
    const judged = scored.map(
      ({ probability: value, right }): Judged => ({
        picture: { name: 'a', path: 'a', tags: right ? ['apple'] : [] },
        answer: [prediction('apple', value)],
      }),
    );
    expect(evaluationOf(judged, 'several tags', 0.5).all.averagePrecision).toBeCloseTo(0.8333333333, 9);
  });

  it('tell the most probable tag right whatever the threshold, and what is taken for what', () => {
    const judged = [
      { tags: ['apple'], answer: [prediction('apple', 0.3), prediction('lemon', 0.1)] },
      { tags: ['apple'], answer: [prediction('lemon', 0.9), prediction('apple', 0.05)] },
      { tags: ['lemon'], answer: [] },
    ].map(({ tags, answer }): Judged => ({ picture: { name: tags.join(), path: '', tags }, answer }));
    const { topRight, allRight, confusion, wrong } = evaluationOf(judged, 'one tag', 0.5);
    expect([topRight?.hits, allRight?.hits]).toEqual([1, 0]);
    expect(confusion).toEqual({
      truths: ['apple', 'lemon'],
      said: ['apple', 'lemon', '(nothing)'],
      counts: [
        [1, 1, 0],
        [0, 0, 1],
      ],
    });
    expect(wrong.map(({ extra, missing, surest }) => ({ extra, missing, surest }))).toEqual([
      { extra: [], missing: ['lemon'], surest: 1 },
      { extra: [{ tag: 'lemon', probability: 0.9 }], missing: ['apple'], surest: 0.95 },
      { extra: [], missing: ['apple'], surest: 0.7 },
    ]);
  });

  it('count every picture once in the table of what is taken for what', () => {
    const pair = fc.record({ truth: tag, said: fc.option(tag, { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const { counts } = confusionOf(pairs);
        expect(counts.flat().reduce((sum, each) => sum + each, 0)).toBe(pairs.length);
      }),
    );
  });
});

describe('the figures of a detector', () => {
  it('are COCO’s, by a second count, in 1,000 random sets of boxes and crowds', () => {
    fc.assert(
      fc.property(fc.array(boxed, { minLength: 1, maxLength: 6 }), (judged) => {
        const { tags, all } = evaluationOf(judged, 'boxes', 0.5);
        for (const each of tags)
          expect(each.averagePrecision ?? -1).toBeCloseTo(
            secondCocoPrecision(judged, each.tag ?? '', 0.5) ?? -1,
            9,
          );
        const { at50, at50to95 } = secondMeans(judged, TAGS);
        expect(all.averagePrecision ?? -1).toBeCloseTo(at50 ?? -1, 9);
        expect(all.averagePrecision50to95 ?? -1).toBeCloseTo(at50to95 ?? -1, 9);
      }),
      CASES,
    );
  });

  it('are 1 where every box is found and nothing else, and 0.5 with one wrong that is more probable', () => {
    const scored = (rights: boolean[]): Ranking => ({
      ...{ tag: 'apple', truths: rights.filter(Boolean).length },
      scored: rights.map((right, index) => ({ right, probability: 1 - index / 10 })),
    });
    expect(interpolatedPrecision(scored([true, true]))).toBe(1);
    expect(interpolatedPrecision(scored([false, true]))).toBe(0.5);
    expect(interpolatedPrecision({ tag: 'apple', truths: 0, scored: [] })).toBeUndefined();
  });

  it('match the box that is covered most, each once, the most probable answer first', () => {
    const at = (left: number) => ({ left, top: 0, width: 0.4, height: 0.4 });
    const answer = [0.9, 0.8, 0.7].map((value, index) => ({
      ...prediction('apple', value),
      boundingBox: at([0, 0.02, 0.5][index] ?? 0),
    }));
    const boxes = [at(0.02), at(0.5)].map((each) => ({ tag: 'apple', box: each, crowd: false }));
    expect(matchTag({ boxes, answer }, 'apple', 0.5).map(({ right }) => right)).toEqual([true, false, true]);
  });
});

describe('the interval of a share', () => {
  it('is Wilson’s: its ends are as far from the share as 95 % of chance go', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (hits, others) => {
        const of = hits + others;
        const told = proportion(hits, of);
        if (!told) {
          expect(of).toBe(0);
          return;
        }
        for (const end of [told.low, told.high]) {
          const distance = Math.abs(told.share - end);
          expect(distance).toBeCloseTo(1.959963984540054 * Math.sqrt((end * (1 - end)) / of), 9);
        }
        expect(told.low).toBeLessThanOrEqual(told.share);
        expect(told.high).toBeGreaterThanOrEqual(told.share);
      }),
    );
    expect(proportion(10, 10)).toMatchObject({ low: expect.closeTo(0.7225, 4), high: 1 });
  });
});

describe('the difference of two models', () => {
  it('is chance by the sign test: as many of all outcomes as are at least as uneven', () => {
    for (const [a, b] of [
      [3, 1],
      [0, 6],
      [5, 5],
      [0, 0],
      [1, 9],
    ] as const) {
      const outcomes = Array.from(
        { length: 2 ** (a + b) },
        (_, bits) => bits.toString(2).replaceAll('0', '').length,
      );
      const uneven = outcomes.filter((ones) => Math.abs(2 * ones - (a + b)) >= Math.abs(a - b)).length;
      expect(signTest(a, b)).toBeCloseTo(uneven / outcomes.length, 9);
    }
    expect(signTest(40_000, 41_000)).toBeLessThan(0.001);
  });
});

describe('calibration', () => {
  it('is off by the distance of probability and share, weighted, in ten classes', () => {
    const answers = fc.array(
      fc.record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.boolean() }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(answers, (scored) => {
        const classes = Array.from({ length: 10 }, (_, index) =>
          scored.filter((each) => Math.min(9, Math.floor(each.probability * 10)) === index),
        );
        const second = classes.reduce(
          (sum, own) =>
            sum + Math.abs(own.reduce((gap, each) => gap + each.probability - Number(each.right), 0)),
          0,
        );
        expect(calibrationOf(scored)?.error).toBeCloseTo(second / scored.length, 9);
      }),
    );
    expect(calibrationOf([])).toBeUndefined();
  });
});

describe('what to know before figures are believed', () => {
  it('is that boxes were drawn on a picture of another shape, as one that was not turned upright', () => {
    const answered = [
      [640, 480],
      [1280, 960],
      [480, 640],
    ].map(([width = 0, height = 0], index) => ({
      picture: { name: `${index}.jpg`, path: '', tags: [], drawn: { boxes: [], width, height } },
      documents: [
        {
          ...{ status: 'succeeded' as const, results: [], completedAt: '2026-11-27T00:00:00Z' },
          image: { width: 640, height: 480 },
        },
      ],
    }));
    expect(shapeNotices(answered)).toEqual([
      '1 pictures are, upright, of another shape than the truth says, so their boxes are not theirs: 2.jpg.',
    ]);
    expect(shapeNotices(answered.slice(0, 2))).toEqual([]);
  });
});

describe('the names of tags', () => {
  it('are the same where letter case alone differs and nobody else is meant', () => {
    const spelled = spelling(['apple', 'Pear', 'pear']);
    expect(['Apple', 'APPLE', 'Pear', 'PEAR', 'plum'].map(spelled)).toEqual([
      'apple',
      'apple',
      'Pear',
      'PEAR',
      'plum',
    ]);
  });
});
