import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCertificate } from '../../local/certificate.ts';
import { createClosing } from '../../local/closing.ts';
import { startIdentityEndpoint } from '../../local/identity/endpoint.ts';
import { credentialFor } from '../../src/identity/credential.ts';
import { startTelemetry } from '../../src/telemetry/start.ts';
import { count, endTelemetry } from '../../src/telemetry/telemetry.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { trust } from '../support/trust.ts';

const KEY = '11111111-2222-3333-4444-555555555555';
const TRACE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1';
const PARENT = 'bbbbbbbbbbbbbbb1';

const closing = createClosing();
let identity: Awaited<ReturnType<typeof startIdentityEndpoint>>;
let ingestion: Collector;
beforeAll(async () => {
  const certificate = await createCertificate();
  closing.add({ close: certificate.remove });
  closing.add(trust(certificate.authority));
  identity = closing.add(await startIdentityEndpoint());
  Object.assign(process.env, identity.environment);
  ingestion = closing.add(await startCollector(certificate));
});
afterAll(closing.close);

const SYSTEM_ASSIGNED = { kind: 'systemAssigned' } as const;
const start = () =>
  startTelemetry(
    {
      ...{ kind: 'monitor', service: 'orchard', sampled: false, address: ingestion.url },
      connectionString: `InstrumentationKey=${KEY};IngestionEndpoint=${ingestion.url}/`,
    },
    () => credentialFor(SYSTEM_ASSIGNED),
  );

it('with TELEMETRY=monitor traces and metrics go where the connection string says, with a token of the app’s own identity', async () => {
  const receiving = await start();
  const invocation = {
    invocationContext: {
      ...{ functionName: 'predictBlob', invocationId: 'invocation-1' },
      options: { trigger: { type: 'blobTrigger' } },
      traceContext: { traceParent: `00-${TRACE}-${PARENT}-00` },
    },
    functionHandler: async () => count('keyless.throttled', { 'keyless.model': 'fruit' }),
  } as unknown as Parameters<NonNullable<typeof receiving>>[0];
  await receiving?.(invocation);
  await invocation.functionHandler(undefined, invocation.invocationContext);
  await endTelemetry();

  expect(identity.requests.map(({ resource }) => resource)).toEqual(['https://monitor.azure.com']);
  const sent = ingestion.requests;
  expect(new Set(sent.map(({ path }) => path))).toEqual(new Set(['/v2.1/track']));
  for (const { headers } of sent) expect(headers.authorization).toMatch(/^Bearer ey/u);
  const envelopes = sent.flatMap(({ body }) => JSON.parse(body) as Record<string, unknown>[]);
  const [span] = envelopes.filter(({ name }) => String(name).endsWith('RemoteDependency'));
  expect(span).toMatchObject({
    iKey: KEY,
    tags: {
      ...{ 'ai.operation.id': TRACE, 'ai.operation.parentId': PARENT },
      'ai.cloud.role': 'orchard',
    },
    data: { baseData: { name: 'receive', properties: { 'code.function.name': 'predictBlob' } } },
  });
  // and no request: the host tells of that
  expect(envelopes.filter(({ name }) => String(name).endsWith('Request'))).toEqual([]);
  const metrics = envelopes.filter(({ name }) => String(name).endsWith('Metric'));
  expect(JSON.stringify(metrics)).toContain('"name":"keyless.throttled"');
  expect(JSON.stringify(envelopes)).not.toMatch(/ey[A-Za-z0-9_-]{16,}/u);
});

it('without the role it is told once that nothing arrives, and with which status', async () => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => warnings.push(message);
  process.on('warning', onWarning);
  ingestion.answer = 403;
  await start();
  count('keyless.throttled', { 'keyless.model': 'fruit' });
  await endTelemetry();
  await new Promise(setImmediate);
  process.off('warning', onWarning);
  expect(warnings).toEqual([
    expect.stringMatching(/^Traces or metrics could not be sent to 127\.0\.0\.1:\d+ \(403\)\. .* told once/u),
  ]);
});
