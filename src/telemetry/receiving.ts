import type { PreInvocationContext, PreInvocationHandler } from '@azure/functions';
import { type Context, defaultTextMapGetter, ROOT_CONTEXT } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { Attributes, Note } from './telemetry.ts';

/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/faas/ */
const TRIGGERS: Readonly<Record<string, string>> = {
  httpTrigger: 'http',
  blobTrigger: 'datasource',
  queueTrigger: 'pubsub',
  timerTrigger: 'timer',
};

type Receive = (
  parent: Context,
  attributes: Attributes,
  work: (note: Note) => Promise<unknown>,
) => Promise<unknown>;

/**
 * Puts each invocation into a span below the host’s own, whatever its trigger. Left out is what only reads: probes of
 * its health would be most of what is told.
 */
export function createReceiving(receive: Receive): PreInvocationHandler {
  const hostTrace = new W3CTraceContextPropagator();
  return (invocation) => {
    const { invocationContext: context, functionHandler: handler } = invocation;
    const attributes = attributesOf(context);
    if (!attributes) return;
    const { traceParent: traceparent, traceState: tracestate } = context.traceContext ?? {};
    const parent = hostTrace.extract(ROOT_CONTEXT, { traceparent, tracestate }, defaultTextMapGetter);
    invocation.functionHandler = (...inputs) =>
      receive(parent, attributes, async (note) => {
        const result: unknown = await handler(...inputs);
        const status = (result as { status?: unknown } | undefined)?.status;
        if (typeof status === 'number') {
          note({
            'http.response.status_code': status,
            ...(status >= 400 && { 'keyless.outcome': 'failed' }),
          });
        }
        return result;
      });
  };
}

function attributesOf({
  functionName,
  invocationId,
  options: { trigger },
}: PreInvocationContext['invocationContext']): Attributes | undefined {
  if (Array.isArray(trigger.methods) && !trigger.methods.includes('POST')) return undefined;
  return {
    'code.function.name': functionName,
    'faas.invocation_id': invocationId,
    'faas.trigger': TRIGGERS[trigger.type] ?? 'other',
  };
}
