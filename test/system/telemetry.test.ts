import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawPicture } from '../../local/drawing/picture.ts';
import { waitFor } from '../../local/waiting.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { CANNED_ANSWER, documentOf, post, useStack } from '../support/journeys.ts';

/** By the bundle, in a host of its own, to its end. */
const stack = useStack({ notify: (to) => [{ to: to.api }] });
let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector?.close());

it('a dropped picture, a posted one and who is told of it are traces of the host’s, and counted, once the host has ended', async () => {
  const host = await stack.current.startHost({
    settings: { TELEMETRY: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
  });
  stack.current.prediction.faults.always(CANNED_ANSWER);
  const { jpeg } = await drawPicture(97_000_001, { size: 96 });
  await stack.current.uploader.drop('fruit/apple.jpg', jpeg);
  expect((await documentOf(stack.current, 'fruit/apple.jpg')).status).toBe('succeeded');
  expect((await post(host, { body: new Uint8Array(jpeg) })).status).toBe(200);
  expect((await fetch(`${host.url}/api/health`)).status).toBe(200);
  const told = await waitFor('the event', async () => stack.current.targets?.api.requests[0]);
  await host.stop();

  const spans = collector.spans();
  const nameOf = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  const functionOf = new Map(
    spans
      .filter(({ name }) => name === 'receive')
      .map(({ traceId, attributes }) => [traceId, attributes['code.function.name']]),
  );
  const lines = spans.map(
    ({ traceId, parentSpanId = '', name }) =>
      `${functionOf.get(traceId)}: ${nameOf.get(parentSpanId) ?? 'host'} > ${name}`,
  );
  expect([...new Set(lines)].toSorted()).toEqual([
    'deliverNotification: host > receive',
    'deliverNotification: receive > tell',
    'deliverNotification: tell > token',
    'predictBlob: host > receive',
    'predictBlob: predict > token',
    'predictBlob: receive > fit',
    'predictBlob: receive > predict',
    'predictBlob: receive > token',
    'predictBlob: receive > write',
    'predictImage: host > receive',
    'predictImage: receive > fit',
    'predictImage: receive > predict',
  ]);
  // the host’s own of that invocation, which the local host hands over and the API was sent
  const [, traceId, parentSpanId] = String(told.headers.traceparent).split('-');
  expect(
    spans.find(({ attributes }) => attributes['code.function.name'] === 'deliverNotification'),
  ).toMatchObject({
    traceId,
    parentSpanId,
  });
  expect(collector.values('keyless.predictions')).toEqual({ 'succeeded fruit': 2 });
  expect(collector.values('keyless.documents')).toEqual({ 'written succeeded': 1 });
});
