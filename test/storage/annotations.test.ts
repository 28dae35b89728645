import { describe, expect, it } from 'vitest';
import { annotationsOf } from '../../src/storage/annotations.ts';

const box = { left: 0.1, top: 0.2, width: 0.3, height: 0.4 };
const tag = (tagName: string, probability: number) => ({ tagId: tagName, tagName, probability });
const classified = {
  model: 'fruit',
  task: 'classify' as const,
  predictions: [tag('apple', 0.6), tag('pear', 0.3), tag('plum', 0.2), tag('fig', 0.1)],
  accepted: [tag('apple', 0.6)],
};
const found = { ...tag('apple', 0.9), boundingBox: box };
const detected = { model: 'boxes', task: 'detect' as const, predictions: [found], accepted: [found] };

describe('what is drawn of a document', () => {
  it('captions what a classifier accepted', () => {
    expect(annotationsOf({ results: [classified] }, undefined)).toEqual({
      boxes: [],
      captions: [{ tagName: 'apple', probability: 0.6, before: '' }],
    });
  });

  it('takes another threshold instead, the most probable tags first and no more than three', () => {
    const { captions } = annotationsOf({ results: [classified] }, 0.1);
    expect(captions).toMatchObject([{ tagName: 'apple' }, { tagName: 'pear' }, { tagName: 'plum' }]);
    expect(annotationsOf({ results: [classified] }, 0.61).captions).toEqual(['nothing above the threshold']);
  });

  it('boxes what a detector accepted, and names models only where there are several', () => {
    expect(annotationsOf({ results: [detected] }, undefined)).toEqual({
      boxes: [{ tagName: 'apple', probability: 0.9, box }],
      captions: [],
    });
    expect(annotationsOf({ results: [detected, classified] }, undefined).captions).toMatchObject([
      { before: 'fruit: ' },
    ]);
  });

  it('says why there is nothing where the picture failed', () => {
    expect(annotationsOf({ error: { code: 'ImageTruncated' }, results: [] }, undefined).captions).toEqual([
      'failed: ImageTruncated',
    ]);
  });
});
