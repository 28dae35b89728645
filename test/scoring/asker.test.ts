import { describe, expect, it } from 'vitest';
import { type ErrorCode, errorBook, KeylessError } from '../../src/errors/errors.ts';
import type { AskModel, Budget, ImagePrediction } from '../../src/prediction.ts';
import { createAsker } from '../../src/scoring/asker.ts';
import type { ExportModel, ServiceModel } from '../../src/settings/settings.ts';
import { rejection } from '../support/secrets.ts';
import { modelAt } from '../support/visionParts.ts';

const BUDGET: Budget = { total: 150_000, attempt: 15_000, firstWait: 500 };
const image = { bytes: Buffer.from('a picture') };
const backed = modelAt('https://fruit.cognitiveservices.azure.com', {
  fallback: 'fruit.zip',
  threshold: 0.7,
});
const own: ExportModel = {
  name: 'own',
  export: 'own.zip',
  task: 'classify',
  paths: ['**'],
  threshold: 0.5,
  tiles: false,
};

const value = (iteration: string): ImagePrediction => ({ iteration, predictionId: 'id', predictions: [] });
const answers = (of: string) => async () => ({ value: value(of), attempts: 1, failedAttempts: [] });
const fails = (code: ErrorCode) => async () => {
  throw new KeylessError(code, `It is ${code}.`, { attempts: 3 });
};
const asker = (service: AskModel<ServiceModel>, exported: AskModel<ExportModel>) =>
  createAsker(service, exported);

describe('who is asked', () => {
  it('is the service for its models, and this process for exports', async () => {
    const ask = asker(answers('service'), answers('export'));
    expect((await ask(own, image, BUDGET)).value.iteration).toBe('export');
    expect((await ask(backed, image, BUDGET)).value).toEqual(value('service'));
  });

  it('waits less long for the service where an export can answer for it', async () => {
    const budgets: Budget[] = [];
    const service: AskModel<ServiceModel> = async (_, __, budget) => {
      budgets.push(budget);
      return answers('service')();
    };
    const { fallback: _, ...alone } = backed;
    await asker(service, answers('export'))(backed, image, BUDGET);
    await asker(service, answers('export'))(alone, image, BUDGET);
    expect(budgets).toEqual([{ ...BUDGET, total: 10_000, attempt: 8_000, queue: 5_000 }, BUDGET]);
  });
});

describe('the fallback', () => {
  it.each([
    'VisionUnavailable',
    'VisionUnreachable',
    'VisionTimeout',
    'RateLimited',
    'QuotaExceeded',
    'ModelNotPublished',
    'ProjectNotFound',
  ] as const)('answers on %s, with the threshold of its model, and says for whom and why', async (code) => {
    const asked: ExportModel[] = [];
    const exported: AskModel<ExportModel> = async (model) => {
      asked.push(model);
      return answers('export')();
    };
    const answer = await asker(fails(code), exported)(backed, image, BUDGET);
    const { projectId, publishedName } = backed;
    expect(answer).toMatchObject({
      value: {
        iteration: 'export',
        fallbackFor: { projectId, publishedName, code, detail: `It is ${code}.` },
      },
      ...{ attempts: 4, failedAttempts: [{ code }] },
    });
    expect(asked).toEqual([
      { name: 'default', task: 'classify', paths: ['**'], threshold: 0.7, tiles: false, export: 'fruit.zip' },
    ]);
  });

  it('does not answer for what an operator or a caller has to set right, nor for a url', async () => {
    const codes = [
      'PermissionDenied',
      'TaskMismatch',
      'NetworkBlocked',
      'ImageUndecodable',
      'Unexpected',
    ] as const;
    for (const code of codes) {
      const fault = await rejection(asker(fails(code), answers('export'))(backed, image, BUDGET));
      expect(fault).toMatchObject({ code });
    }
    const url = { url: 'https://example.com/a.jpg' };
    const asked = asker(fails('VisionUnreachable'), answers('export'))(backed, url, BUDGET);
    expect(await rejection(asked)).toMatchObject({ code: 'VisionUnreachable' });
  });

  it('that does not answer either is told beside the service’s own fault, which decides', async () => {
    const fault = await rejection(
      asker(fails('VisionUnreachable'), fails('ExportMissing'))(backed, image, BUDGET),
    );
    expect(fault).toMatchObject({
      ...{ code: 'VisionUnreachable', transient: true, attempts: 3 },
      message:
        'It is VisionUnreachable. Its fallback did not answer either: ExportMissing: It is ExportMissing.',
      fix: expect.stringContaining(`For the fallback fruit.zip: ${errorBook.ExportMissing.fix}`),
    });
  });
});
