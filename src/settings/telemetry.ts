import { isLoopback } from './endpoint.ts';
import { type Problems, shown } from './problem.ts';

/** Where traces and metrics go; `address` is of whoever takes them. */
export type TelemetryTarget = {
  address: string;
  /** The app’s name among others. */
  service: string;
  /** Which traces are kept is said by OTEL_TRACES_SAMPLER; otherwise all are. */
  sampled: boolean;
} & ({ kind: 'otlp' } | { kind: 'monitor'; connectionString: string });

type Get = (name: string) => string | undefined;

const CONNECTION_STRING = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const KEY = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu;

/** TELEMETRY, and of the variables of OpenTelemetry and Application Insights those without which nothing would arrive. */
export function readTelemetry(get: Get, problem: Problems): TelemetryTarget | undefined {
  const kind = get('TELEMETRY');
  const common = {
    service: get('WEBSITE_SITE_NAME') ?? 'keyless-vision',
    sampled: get('OTEL_TRACES_SAMPLER') !== undefined,
  };
  if (kind === 'otlp') {
    const address = readCollector(get, problem);
    return address === undefined ? address : { kind, address, ...common };
  }
  if (kind === 'monitor') {
    const connectionString = get(CONNECTION_STRING) ?? '';
    const address = ingestionOf(connectionString);
    if (address) return { kind, address, connectionString, ...common };
    problem({
      setting: CONNECTION_STRING,
      expected:
        'with TELEMETRY=monitor the connection string of an Application Insights component: InstrumentationKey=<id>;IngestionEndpoint=https://…',
    });
  } else if (kind !== undefined) {
    problem({ setting: 'TELEMETRY', expected: 'otlp or monitor; not set: off', got: shown(kind) });
  }
  return undefined;
}

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter */
function readCollector(get: Get, problem: Problems): string | undefined {
  const text = get(ENDPOINT);
  const url = URL.parse(text ?? '');
  const protocol = get('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol === 'grpc') {
    problem({
      setting: 'OTEL_EXPORTER_OTLP_PROTOCOL',
      expected: 'http/json, which is what this app sends; collectors take it at port 4318',
      got: shown(protocol),
    });
  }
  if (!url || !/^https?:$/u.test(url.protocol) || url.username || url.password) {
    const expected = 'with TELEMETRY=otlp the address of a collector, such as https://collector.example:4318';
    problem({ setting: ENDPOINT, expected, ...(!url?.username && !url?.password && { got: shown(text) }) });
    return undefined;
  }
  if (get('OTEL_EXPORTER_OTLP_HEADERS') && url.protocol === 'http:' && !isLoopback(url)) {
    problem({ setting: ENDPOINT, expected: 'https://, since headers are sent there', got: shown(text) });
  }
  return url.href;
}

/** https://learn.microsoft.com/azure/azure-monitor/app/connection-strings */
function ingestionOf(connectionString: string): string | undefined {
  const members = new Map(
    connectionString.split(';').map((member) => {
      const [name = '', value = ''] = member.split(/=(.*)/su);
      return [name.trim().toLowerCase(), value.trim()];
    }),
  );
  const url = URL.parse(members.get('ingestionendpoint') ?? '');
  return url?.protocol === 'https:' && KEY.test(members.get('instrumentationkey') ?? '')
    ? url.href
    : undefined;
}
