import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import { authLevel, guarded } from '../http/access.ts';
import { predictQuerySchema, readQuery } from '../http/queries.ts';
import { readRequestImage } from '../http/requestImage.ts';
import { inTurnOfBody } from '../scoring/admission.ts';
import { modelForCaller } from '../scoring/route.ts';
import { scoreImage } from '../scoring/scoreImage.ts';
import { inFlight } from '../scoring/shutdown.ts';
import { type Limits, succeeded } from '../storage/document.ts';
import type { Budget } from '../vision/retry.ts';
import { predictionClient, settings } from './app.ts';

/** Somebody waits, and Azure cuts the call at 230 s. */
const BUDGET: Budget = { total: 60_000, attempt: 15_000, firstWait: 250, queue: 10_000 };

/** POST /api/predict/{model?}: scores the picture in the body and answers its prediction document. */
async function predictImage(request: HttpRequest): Promise<HttpResponseInit> {
  const { models, urlHosts } = settings();
  const limits: Limits = readQuery(predictQuerySchema, request.query);
  const model = modelForCaller(models, request.params.model);
  const announced = Number(request.headers.get('content-length') ?? 0);
  const scored = await inTurnOfBody(announced, async () => {
    const image = await readRequestImage(request, urlHosts);
    return inFlight((signal) =>
      scoreImage(predictionClient(), [model], image, { budget: BUDGET, limits, signal, priority: 'caller' }),
    );
  });
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(succeeded(scored.image, scored.results)),
  };
}

app.http('predictImage', {
  methods: ['POST'],
  route: 'predict/{model?}',
  authLevel,
  handler: guarded('predict', predictImage),
});
