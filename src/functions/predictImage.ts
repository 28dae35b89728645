import { app, type HttpRequest, type HttpResponseInit } from '@azure/functions';
import * as v from 'valibot';
import { KeylessError } from '../errors.ts';
import { readPicture } from '../pictures/picture.ts';
import { type DocumentImage, describePicture, type Limits, succeeded } from '../results/document.ts';
import type { Image } from '../vision/client.ts';
import { modelForCaller } from '../vision/models.ts';
import type { Budget } from '../vision/retry.ts';
import { authLevel, guarded } from './access.ts';
import { predictionClient, settings } from './app.ts';
import { readRequestImage } from './requestImage.ts';
import { score } from './score.ts';
import { inFlight } from './shutdown.ts';

/** Somebody waits, and Azure cuts the call at 230 s. */
const BUDGET: Budget = { total: 60_000, attempt: 15_000, firstWait: 250, queue: 10_000 };

/** POST /api/predict/{model?}: scores the picture in the body and answers its prediction document. */
async function predictImage(request: HttpRequest): Promise<HttpResponseInit> {
  const { models, urlHosts } = settings();
  const limits = readLimits(request.query);
  const model = modelForCaller(models, request.params.model);
  const { image, described } = look(await readRequestImage(request, urlHosts));
  const results = await inFlight((signal) =>
    score(predictionClient(), [model], image, { budget: BUDGET, limits, signal, priority: 'caller' }),
  );
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(succeeded(described, results)),
  };
}

function look(image: Image): { image: Image; described: DocumentImage } {
  if ('bytes' in image) return { image, described: describePicture(readPicture(image.bytes)) };
  const { origin, pathname } = new URL(image.url);
  return { image, described: { url: `${origin}${pathname}` } }; // its query may hold a signature
}

const decimal = (text: string) => (/^\d*\.?\d+$/u.test(text) ? Number(text) : Number.NaN);
const limitsSchema = v.object({
  threshold: v.optional(v.pipe(v.string(), v.transform(decimal), v.number(), v.maxValue(1))),
  top: v.optional(
    v.pipe(v.string(), v.transform(decimal), v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
  ),
});

function readLimits(query: URLSearchParams): Limits {
  const given = Object.fromEntries(
    ['threshold', 'top'].flatMap((name) => (query.has(name) ? [[name, query.get(name)]] : [])),
  );
  const result = v.safeParse(limitsSchema, given);
  if (!result.success) {
    throw new KeylessError(
      'RequestInvalid',
      'Expected threshold from 0 to 1 and top from 1 to 1000 in the query.',
    );
  }
  const { threshold, top } = result.output;
  return { ...(threshold !== undefined && { threshold }), ...(top !== undefined && { top }) };
}

app.http('predictImage', {
  methods: ['POST'],
  route: 'predict/{model?}',
  authLevel,
  handler: guarded('predict', predictImage),
});
