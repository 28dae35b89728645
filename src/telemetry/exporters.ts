import type { Agent } from 'node:http';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import type { AzureMonitorExporterOptions } from '@azure/monitor-opentelemetry-exporter';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TelemetryTarget } from '../settings/telemetry.ts';

/** What the app hands in, so that this file has no second one of its own. */
export type Outside = {
  /** The way to the target’s address. */
  agent: Agent;
  proxy: URL | undefined;
  credential(): TokenCredential;
  warn(line: string): void;
};

export type Exporters = { spans: SpanExporter; metrics: PushMetricExporter };

/** `apart`: runs what sends as nobody’s work. The first that cannot be sent is told, and no other. */
export async function createExporters(
  target: TelemetryTarget,
  { agent, proxy, credential, warn }: Outside,
  apart: (send: () => void) => void,
): Promise<Exporters> {
  let told = false;
  const failed = (error: unknown): void => {
    if (!told) warn(cannotSend(target, error));
    told = true;
  };
  const watched = <Items, E extends Exporter<Items>>(exporter: E): E => {
    const send = exporter.export.bind(exporter);
    exporter.export = (items, done) =>
      apart(() =>
        send(items, (result) => {
          if (result.code === ExportResultCode.FAILED) failed(result.error);
          done(result);
        }),
      );
    return exporter;
  };
  const { spans, metrics } = await (target.kind === 'otlp'
    ? otlp(proxy && agent)
    : monitor(target, agent, credential(), failed));
  return { spans: watched(spans), metrics: watched(metrics) };
}

type Exporter<Items> = { export(items: Items, done: (result: ExportResult) => void): void };

/** Addresses, headers, certificates and times are those of OpenTelemetry’s own variables. */
async function otlp(agent: Agent | undefined): Promise<Exporters> {
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
  ]);
  const options = agent ? { httpAgentOptions: () => agent } : {};
  return { spans: new OTLPTraceExporter(options), metrics: new OTLPMetricExporter(options) };
}

/** The connection string names the place; what opens it is a token, for which the identity needs a role. */
async function monitor(
  { connectionString }: TelemetryTarget & { kind: 'monitor' },
  agent: Agent,
  credential: TokenCredential,
  failed: (error: unknown) => void,
): Promise<Exporters> {
  process.env.APPLICATION_INSIGHTS_NO_STATSBEAT ??= 'true'; // it takes this from the environment only
  const { AzureMonitorMetricExporter, AzureMonitorTraceExporter } = await import(
    '@azure/monitor-opentelemetry-exporter'
  );
  const options: AzureMonitorExporterOptions = {
    ...{ connectionString, credential, agent, disableOfflineStorage: true },
    additionalPolicies: [{ policy: telling(failed), position: 'perCall' }],
  };
  return { spans: new AzureMonitorTraceExporter(options), metrics: new AzureMonitorMetricExporter(options) };
}

/** After its retries. The exporter itself says that all is well where a role is missing or nobody answers. */
const telling = (failed: (error: unknown) => void): PipelinePolicy => ({
  name: 'keyless-vision:telling',
  async sendRequest(request, next) {
    try {
      const response = await next(request);
      if (response.status >= 400) failed({ statusCode: response.status });
      return response;
    } catch (error) {
      failed(error);
      throw error;
    }
  },
});

function cannotSend({ address }: TelemetryTarget, error: unknown): string {
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown };
  const reason = statusCode ?? code;
  return (
    `Traces or metrics could not be sent to ${new URL(address).host}${reason ? ` (${reason})` : ''}. ` +
    'Pictures are scored all the same; this is told once. Fix: see docs/operations.md, "Traces and metrics".'
  );
}
