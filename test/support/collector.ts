import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Certificate } from '../../local/certificate.ts';

type Value = { stringValue?: string; intValue?: number; doubleValue?: number };
type Attribute = { key: string; value: Value };
type Point = { asDouble?: number; asInt?: number; count?: number; sum?: number; attributes: Attribute[] };
type RawSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  status: { code: number };
  attributes: Attribute[];
};
type Body = {
  resourceSpans?: { scopeSpans: { spans: RawSpan[] }[] }[];
  resourceMetrics?: {
    scopeMetrics: {
      metrics: { name: string; sum?: { dataPoints: Point[] }; histogram?: { dataPoints: Point[] } }[];
    }[];
  }[];
};

export type CollectedSpan = Omit<RawSpan, 'attributes'> & { attributes: Record<string, unknown> };
export type Collected = { path: string; headers: Record<string, unknown>; body: string };

/** Who takes telemetry, over HTTP or, with a certificate, HTTPS: whatever comes is kept, and answered as told. */
export type Collector = {
  url: string;
  requests: Collected[];
  /** `hang`: no answer. */
  answer: number | 'hang';
  /** Of OTLP’s JSON. */
  spans(): CollectedSpan[];
  /** The newest value of a counter, or the count of a distribution, by its attributes’ values joined with blanks. */
  values(name: string): Record<string, number>;
  close(): Promise<void>;
};

export async function startCollector(certificate?: Certificate): Promise<Collector> {
  const requests: Collected[] = [];
  const listener: RequestListener = async (request, response) => {
    const gzip = request.headers['content-encoding'] === 'gzip';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const body = (gzip ? gunzipSync(bytes) : bytes).toString();
    requests.push({ path: request.url ?? '', headers: request.headers, body });
    if (collector.answer === 'hang') return;
    response.writeHead(collector.answer, { 'content-type': 'application/json' }).end('{}');
  };
  const server = certificate
    ? createSecureServer(
        { cert: readFileSync(certificate.certificatePath), key: readFileSync(certificate.keyPath) },
        listener,
      )
    : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bodies = () => requests.map(({ body }) => JSON.parse(body) as Body);
  const collector: Collector = {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: 200,
    spans: () =>
      bodies()
        .flatMap(({ resourceSpans = [] }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans))
        .flatMap(({ spans }) => spans)
        .map((span) => ({ ...span, attributes: plain(span.attributes) })),
    values: (name) =>
      Object.fromEntries(
        bodies()
          .flatMap(({ resourceMetrics = [] }) => resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics))
          .flatMap(({ metrics }) => metrics.filter((metric) => metric.name === name))
          .flatMap(({ sum, histogram }) => (sum ?? histogram)?.dataPoints ?? [])
          .map((point) => [
            Object.values(plain(point.attributes)).join(' '),
            Number(point.count ?? point.asInt ?? point.asDouble),
          ]),
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return collector;
}

const plain = (attributes: Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
