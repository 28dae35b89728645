import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { PreInvocationHandler } from '@azure/functions';
import { type Context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { TelemetryTarget } from '../settings/telemetry.ts';
import { createExporters, type Outside } from './exporters.ts';
import { COUNTED, COUNTERS, TIMES } from './metrics.ts';
import { createReceiving } from './receiving.ts';
import type { Attributes, Note, SpanName, Telemetry } from './telemetry.ts';

const NAME = 'keyless-vision';

/** `receive` is no server’s: the host tells of the request itself, and it would count twice. */
const KINDS: Record<SpanName, SpanKind> = {
  receive: SpanKind.INTERNAL,
  token: SpanKind.CLIENT,
  fit: SpanKind.INTERNAL,
  predict: SpanKind.CLIENT,
  write: SpanKind.CLIENT,
  tell: SpanKind.CLIENT,
};

/**
 * Traces and metrics by OpenTelemetry, and the hook for each invocation. They are sent in the background: nobody waits
 * for them, and where they go may be down.
 */
export async function openTelemetry(
  target: TelemetryTarget,
  outside: Outside,
): Promise<{ telemetry: Telemetry; receiving: PreInvocationHandler }> {
  const current = new AsyncLocalStorage<Context | undefined>();
  // sending is nobody’s work, whosever span filled the batch
  const exporters = await createExporters(target, outside, (send) => current.exit(send));
  const resource = resourceOf(target);
  const traces = new BasicTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(exporters.spans)],
    // Azure marks its traces as not sampled, so that who goes by the parent tells nothing:
    // https://github.com/open-telemetry/opentelemetry-js/issues/3057
    ...(!target.sampled && { sampler: new AlwaysOnSampler() }),
  });
  const metrics = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: exporters.metrics })],
  });
  const tracer = traces.getTracer(NAME);
  const meter = metrics.getMeter(NAME);
  const counters = mapValues(COUNTERS, (about, name) => meter.createCounter(name, about));
  const times = mapValues(TIMES, (about, name) => meter.createHistogram(name, about));

  /** Outside of any invocation there is no span, but what it counts for is counted. */
  async function watched<T>(
    parent: Context | undefined,
    name: SpanName,
    attributes: Attributes,
    work: (note: Note) => Promise<T>,
  ): Promise<T> {
    const started = parent && tracer.startSpan(name, { kind: KINDS[name] }, parent);
    const inner = parent && started && trace.setSpan(parent, started);
    const known: Record<string, Attributes[string]> = { 'keyless.outcome': 'succeeded', ...attributes };
    try {
      return await current.run(inner, work, (more) => void Object.assign(known, more));
    } catch (error) {
      known['keyless.outcome'] = codeOf(error); // its code alone: messages name pictures
      started?.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      started?.setAttributes(known).end();
      const counter = COUNTED[name];
      if (counter) counters[counter].add(1, wordsOf(known));
    }
  }

  return {
    receiving: createReceiving((parent, attributes, work) => watched(parent, 'receive', attributes, work)),
    telemetry: {
      span: (name, attributes, work) => watched(current.getStore(), name, attributes, work),
      count: (name, attributes) => counters[name].add(1, attributes),
      time: (name, attributes, seconds) => times[name].record(seconds, attributes),
      async end() {
        await Promise.allSettled([traces.shutdown(), metrics.shutdown()]);
      },
    },
  };
}

/** OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES go before. */
const resourceOf = ({ service }: TelemetryTarget) =>
  defaultResource()
    .merge(
      resourceFromAttributes({
        'service.name': service,
        'service.instance.id': randomUUID(),
        'cloud.provider': 'azure',
        'cloud.platform': 'azure_functions',
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }));

/** By what a counter is taken apart: not by numbers, of which there are many. */
function wordsOf(attributes: Attributes): Attributes {
  const words: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) if (typeof value === 'string') words[name] = value;
  return words;
}

function mapValues<Name extends string, About, Made>(
  of: Readonly<Record<Name, About>>,
  make: (about: About, name: Name) => Made,
): Record<Name, Made> {
  const entries = Object.entries(of) as [Name, About][];
  return Object.fromEntries(entries.map(([name, about]) => [name, make(about, name)])) as Record<Name, Made>;
}

/** Of the error book; not by its class, of which this file of its own has none. */
function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : String(name);
}
