import { describe, expect, it } from 'vitest';
import { describe as inWords } from '../../src/settings/problem.ts';
import { readSettings } from '../../src/settings/settings.ts';
import { environment, settingsOf } from './environment.ts';

const KEY = '11111111-2222-3333-4444-555555555555';
const CONNECTION = `InstrumentationKey=${KEY};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/`;
const otlp = (own: Record<string, string> = {}) =>
  environment({
    TELEMETRY: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.internal:4318',
    ...own,
  });
const problemsOf = (own: Record<string, string | undefined>) => readSettings(own).problems.map(inWords);

describe('TELEMETRY', () => {
  it('is off where it is not set, whatever the host has for its own telemetry', () => {
    const own = environment({ APPLICATIONINSIGHTS_CONNECTION_STRING: CONNECTION });
    expect(settingsOf(own).telemetry).toBeUndefined();
  });

  it('otlp takes the collector of OpenTelemetry’s own variable, and the app’s name', () => {
    expect(settingsOf(otlp({ WEBSITE_SITE_NAME: 'orchard' })).telemetry).toEqual({
      kind: 'otlp',
      address: 'http://collector.internal:4318/',
      service: 'orchard',
      sampled: false,
    });
    expect(settingsOf(otlp({ OTEL_TRACES_SAMPLER: 'traceidratio' })).telemetry?.sampled).toBe(true);
  });

  it('monitor takes the connection string, which names the place', () => {
    const own = environment({ TELEMETRY: 'monitor', APPLICATIONINSIGHTS_CONNECTION_STRING: CONNECTION });
    expect(settingsOf(own).telemetry).toMatchObject({
      kind: 'monitor',
      address: 'https://westeurope-5.in.applicationinsights.azure.com/',
      connectionString: CONNECTION,
    });
  });

  it.each([
    ['another word', { TELEMETRY: 'on' }, /^TELEMETRY: expected otlp or monitor; not set: off, got "on"$/u],
    ['no collector', { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, /^OTEL_EXPORTER_OTLP_ENDPOINT: .+, got nothing$/u],
    ['no address', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, /got "collector:4318"$/u],
    ['gRPC', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /^OTEL_EXPORTER_OTLP_PROTOCOL: expected http\/json/u],
    ['headers in the clear', { OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=s3cret' }, /expected https:\/\//u],
    ['no connection string', { TELEMETRY: 'monitor' }, /^APPLICATIONINSIGHTS_CONNECTION_STRING: /u],
  ])('%s is refused, with what is expected', (_, own, words) => {
    const problems = problemsOf(otlp(own));
    expect(problems).toEqual([expect.stringMatching(words)]);
    expect(problems.join()).not.toContain('s3cret');
  });

  it.each([
    `IngestionEndpoint=https://in.example/`,
    `InstrumentationKey=${KEY}`,
    `InstrumentationKey=${KEY};IngestionEndpoint=http://in.example/`,
    KEY,
  ])('a connection string that leads nowhere is refused, and not shown: %s', (text) => {
    const own = environment({ TELEMETRY: 'monitor', APPLICATIONINSIGHTS_CONNECTION_STRING: text });
    const [problem, ...others] = problemsOf(own);
    expect(others).toEqual([]);
    expect(problem).not.toContain(KEY);
    expect(problem).not.toContain('in.example');
  });

  it('a collector’s address with a password in it is refused, and not shown', () => {
    const own = otlp({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://ada:s3cret@collector.example' });
    expect(problemsOf(own).join()).toMatch(/^OTEL_EXPORTER_OTLP_ENDPOINT: (?!.*s3cret)/u);
  });
});
