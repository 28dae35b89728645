import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PROJECT_ID } from '../../local/prediction/models.ts';
import { waitFor } from '../../local/waiting.ts';
import { type Parts, picture, startParts } from '../local/prediction/parts.ts';
import { startTestStorage, type TestStorage } from '../support/azurite.ts';
import { type CollectedSpan, type Collector, startCollector } from '../support/collector.ts';
import { loadFunctions, type Registered } from '../support/registeredFunctions.ts';
import { expectNoToken } from '../support/secrets.ts';

const HEADER_KEY = 'canary-4c1f9e';
const QUERY_SECRET = 'sig=canary-77ab';
const OWNER = 'ada-lovelace';
const DROPPED = { trace: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1', parent: 'bbbbbbbbbbbbbbb1' };
const POSTED = { trace: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa2', parent: 'bbbbbbbbbbbbbbb2' };
/** Azure’s flag says that they are not sampled. */
const traceParent = ({ trace, parent }: typeof DROPPED) => `00-${trace}-${parent}-00`;

let parts: Parts;
let storage: TestStorage;
let collector: Collector;
let app: Registered;
const warnings: string[] = [];
const onWarning = ({ name, message }: Error) => {
  if (name === 'KeylessVisionTelemetry') warnings.push(message);
};
beforeAll(async () => {
  [parts, storage, collector] = await Promise.all([startParts(), startTestStorage(), startCollector()]);
  process.on('warning', onWarning);
  app = await loadFunctions({
    ...parts.identity.environment,
    ImageStorage: storage.connectionString,
    BLOB_TRIGGER_SOURCE: 'LogsAndContainerScan',
    URL_HOSTS: 'pictures.example',
    VISION_MODELS: JSON.stringify({
      fruit: {
        ...{ endpoint: parts.server.url, projectId: DEFAULT_PROJECT_ID },
        ...{ publishedName: 'fruit', task: 'classify', rate: 50 },
      },
    }),
    TELEMETRY: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${HEADER_KEY}`,
    OTEL_EXPORTER_OTLP_TIMEOUT: '300',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  await app.start();
});
afterAll(async () => {
  process.off('warning', onWarning);
  await Promise.all([storage?.close(), parts?.close(), collector?.close()]);
});
beforeEach(() => {
  parts.server.reset();
});

let shade = 0;
const fresh = () => {
  shade += 1;
  return picture(32, 32, `picture ${shade}`);
};
async function drop(name: string, parent?: string): Promise<void> {
  const bytes = fresh();
  await storage.drop(name, bytes);
  await app.blob('predictBlob', bytes, `images/${name}`, parent);
}
const post = (parent?: string, query = {}) =>
  app.http('predictImage', { body: fresh(), query, ...(parent && { traceParent: parent }) });

/** The spans of a trace, once the invocation’s own, which ends last, is there. */
const spansOf = (trace: string): Promise<CollectedSpan[]> =>
  waitFor('the spans', async () => {
    const spans = collector.spans().filter(({ traceId }) => traceId === trace);
    return spans.some(({ name }) => name === 'receive') ? spans : undefined;
  });
/** Each span as `its parent > its name`. */
const tree = (spans: CollectedSpan[], root: string) => {
  const names = new Map([[root, 'host'], ...spans.map(({ spanId, name }) => [spanId, name] as const)]);
  return spans.map(({ parentSpanId = '', name }) => `${names.get(parentSpanId)} > ${name}`).toSorted();
};

describe('with TELEMETRY=otlp', () => {
  it('a dropped picture is a trace below the host’s, whose flag does not matter', async () => {
    await drop(`${OWNER}/tree.bmp`, traceParent(DROPPED));
    const spans = await spansOf(DROPPED.trace);
    expect(tree(spans, DROPPED.parent)).toEqual([
      'host > receive',
      'predict > token',
      'receive > fit',
      'receive > predict',
      'receive > write',
    ]);
    const of = (wanted: string) => spans.find(({ name }) => name === wanted)?.attributes;
    expect(of('receive')).toMatchObject({
      'code.function.name': 'predictBlob',
      'faas.trigger': 'datasource',
      'faas.invocation_id': 'invocation-1',
    });
    expect(of('token')).toMatchObject({ 'keyless.scope': 'https://cognitiveservices.azure.com/.default' });
    expect(of('predict')).toMatchObject({ 'keyless.model': 'fruit', 'keyless.outcome': 'succeeded' });
    expect(of('write')).toMatchObject({ 'keyless.status': 'succeeded', 'keyless.outcome': 'written' });
  });

  it('a posted picture is one too, and its status is told', async () => {
    parts.server.faults.next(503);
    await post(traceParent(POSTED), { top: '1' });
    const spans = await spansOf(POSTED.trace);
    expect(tree(spans, POSTED.parent)).toEqual(['host > receive', 'receive > fit', 'receive > predict']);
    expect(spans.find(({ name }) => name === 'receive')?.attributes).toMatchObject({
      'faas.trigger': 'http',
      'http.response.status_code': expect.anything(),
    });
    expect(Number(spans.find(({ name }) => name === 'predict')?.attributes['keyless.attempts'])).toBe(2);
  });

  it('who only asks for what there is makes no span', async () => {
    const before = collector.spans().length;
    await app.http('health', {}).catch(() => undefined);
    await app.http('listModels', {});
    const marker = { trace: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa3', parent: 'bbbbbbbbbbbbbbb3' };
    await app.http('predictImage', {
      body: JSON.stringify({ url: `https://pictures.example/${OWNER}.jpg?${QUERY_SECRET}` }),
      headers: { 'content-type': 'application/json' },
      traceParent: traceParent(marker),
    });
    await spansOf(marker.trace);
    const later = collector.spans().slice(before);
    expect(later.filter(({ traceId }) => traceId !== marker.trace)).toEqual([]);
  });

  it.each([500, 'hang'] as const)('a collector that answers %s delays and fails nothing', async (answer) => {
    collector.answer = answer;
    const started = performance.now();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await drop(`${OWNER}/${answer}.bmp`);
    expect(performance.now() - started).toBeLessThan(2_000);
    if (answer === 500) await waitFor('the warning', async () => warnings[0]);
    collector.answer = 200;
  });

  it('what could not be sent is told once, with the address and no header', () => {
    expect(warnings).toEqual([
      `Traces or metrics could not be sent to ${new URL(collector.url).host} (500). Pictures are scored all the same; ` +
        'this is told once. Fix: see docs/operations.md, "Traces and metrics".',
    ]);
  });

  it('a failure is told by its code, and one that Custom Vision throttled is counted', async () => {
    parts.server.faults.always({ status: 429, headers: { 'retry-after': '100' } });
    const before = collector.spans().length;
    const answer = await post();
    expect(answer.status).toBe(429);
    const failed = await waitFor('the failed span', async () =>
      collector
        .spans()
        .slice(before)
        .find(({ name, status }) => name === 'predict' && status.code === 2),
    );
    expect(failed.attributes['keyless.outcome']).toBe('RateLimited');
  });

  it('the end of the app sends what is counted', async () => {
    await app.end();
    const values = (name: string) => collector.values(`keyless.${name}`);
    // one dropped, one posted, twice five posted and one dropped; a url; the one that was throttled
    expect(values('predictions')).toEqual({
      'succeeded fruit': 14,
      'ImageUrlUnreachable fruit': 1,
      'RateLimited fruit': 1,
    });
    expect(values('attempts')).toEqual({
      'fruit succeeded': 14,
      'fruit VisionUnavailable': 1,
      'fruit ImageUrlUnreachable': 1,
      'fruit RateLimited': 1,
    });
    expect(values('throttled')).toEqual({ fruit: 1 });
    expect(values('tokens')).toEqual({ 'succeeded https://cognitiveservices.azure.com/.default': 1 });
    expect(values('documents')).toEqual({ 'written succeeded': 3 });
    expect(values('turn.wait').caller).toBeGreaterThanOrEqual(4);
    expect(collector.requests[0]?.headers['x-api-key']).toBe(HEADER_KEY);
  });

  it('no picture’s name, query, token or header was among all that was sent', () => {
    const sent = collector.requests.map(({ body }) => body).join('\n');
    for (const secret of [OWNER, 'canary', 'pictures.example', 'tree.bmp'])
      expect(sent).not.toContain(secret);
    expectNoToken(sent);
  });
});
