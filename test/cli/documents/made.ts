import type { ContainerClient } from '@azure/storage-blob';
import PQueue from 'p-queue';
import type { Prediction } from '../../../src/prediction.ts';
import type { DocumentResult, PredictionDocument } from '../../../src/storage/document.ts';
import { writeDocument } from '../../../src/storage/store.ts';

const TAGS = ['apple', 'banana', 'lemon', 'grapes, blue', 'the "best" one'];
const FIRST_DAY = Date.parse('2026-11-01T00:00:00.000Z');

export const nameOf = (index: number): string =>
  `orchard/${index % 10}/tree-${String(index).padStart(6, '0')}.jpg`;

/** The document of a number: each tenth failed, each other one with some boxes and one accepted tag or none. */
export function madeDocument(index: number): PredictionDocument {
  const image = {
    ...{ name: nameOf(index), container: 'images', etag: `0x${index.toString(16)}` },
    ...{ sha256: index.toString(16).padStart(64, '0'), contentType: 'image/jpeg' },
    ...{ bytes: 1_000 + index, width: 640, height: 480 },
  };
  const completedAt = new Date(FIRST_DAY + index * 1_000).toISOString();
  if (index % 10 === 7) {
    const error = {
      code: 'ImageTruncated',
      title: 'cut off',
      detail: 'It ends early.',
      fix: 'Upload it again.',
    };
    return { status: 'failed', image, results: [], error, completedAt };
  }
  const predictions = Array.from({ length: 1 + (index % 4) }, (_, at): Prediction => {
    const tagName = TAGS[(index + at) % TAGS.length] ?? '';
    const boundingBox = { left: 0.1 * at, top: 0.25, width: 0.5, height: 0.5 };
    return { tagName, tagId: tagName, probability: 0.9 - 0.3 * at, boundingBox };
  }).filter(({ probability }) => probability >= 0);
  const result: DocumentResult = {
    ...{ model: 'boxes', projectId: 'p', publishedName: 'boxes', task: 'detect', iteration: 'i' },
    ...{ predictionId: String(index), predictions, threshold: 0.5, attempts: 1, failedAttempts: [] },
    accepted: predictions.filter(({ probability }) => probability >= 0.5),
    durationMs: 12,
  };
  return { status: 'succeeded', image, results: [result], completedAt };
}

/** As the app writes them. */
export async function makeDocuments(predictions: ContainerClient, count: number): Promise<void> {
  await predictions.createIfNotExists();
  const queue = new PQueue({ concurrency: 24 });
  for (let index = 0; index < count; index += 1) {
    await queue.onSizeLessThan(100);
    const document = madeDocument(index);
    const { status, error } = document;
    const mark = {
      ...{ pictureEtag: document.image.etag ?? '', models: 'p/boxes', status },
      ...(error && { code: error.code }),
    };
    void queue.add(() => writeDocument(predictions, nameOf(index), document, mark, undefined));
  }
  await queue.onIdle();
}

/** What an export of all of them holds. */
export function totals(count: number) {
  const documents = Array.from({ length: count }, (_, index) => madeDocument(index));
  const results = documents.flatMap((document) => document.results);
  return {
    documents: count,
    failed: documents.filter(({ status }) => status === 'failed').length,
    predictions: results.reduce((sum, each) => sum + each.predictions.length, 0),
    accepted: results.reduce((sum, each) => sum + each.accepted.length, 0),
  };
}
