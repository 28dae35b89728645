import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { predictQuerySchema, readQuery } from '../http/queries.ts';
import { announcedBytes, readRequestImage } from '../http/requestImage.ts';
import type { Budget } from '../prediction.ts';
import { fitImage } from '../scoring/fitImage.ts';
import { modelForCaller } from '../scoring/route.ts';
import { scoreWith } from '../scoring/scoreWith.ts';
import { inFlight } from '../scoring/shutdown.ts';
import { type Limits, succeeded } from '../storage/document.ts';
import { ask, authLevel, guarded, pictureMemory, settings } from './app.ts';

/** Somebody waits, and Azure cuts the call at 230 s. */
const BUDGET: Budget = { total: 60_000, attempt: 15_000, firstWait: 250, queue: 10_000 };

/** A body that waits so long for memory is told to come back. */
const LONGEST_WAIT_MS = 30_000;

/** POST /api/predict/{model?}: scores the picture in the body and answers its prediction document. */
async function predictImage(request: HttpRequest): Promise<HttpResponseInit> {
  const { models, urlHosts } = settings();
  const limits: Limits = readQuery(predictQuerySchema, request.query);
  const model = modelForCaller(models, request.params.model);
  const announced = announcedBytes(request);
  const { image, result } = await inFlight(async (signal) => {
    // what is sent is small: no memory is held while the service is waited for
    const fitted = await pictureMemory().hold(
      announced,
      { signal, longestWaitMs: LONGEST_WAIT_MS },
      async ({ grow }) => fitImage([model], await readRequestImage(request, urlHosts), grow),
    );
    const options = { budget: BUDGET, limits, signal, priority: 'caller' } as const;
    const result = await scoreWith(ask, model, fitted, options);
    return { image: fitted.described, result };
  });
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(succeeded(image, [result])),
  };
}

app.http('predictImage', {
  methods: ['POST'],
  route: 'predict/{model?}',
  authLevel,
  handler: guarded('predict', predictImage),
});
