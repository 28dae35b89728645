import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createFaults, injectFault } from '../faults.ts';
import { DEFAULT_ACCOUNT } from '../identity/assignments.ts';
import { answerJson, listenOnLoopback } from '../loopback.ts';
import { predictionOf } from './answers.ts';
import { authorize } from './authorize.ts';
import { checkPicture } from './checkPicture.ts';
import type { PredictionServer, PredictionServerOptions } from './contract.ts';
import { createModelDirectory } from './models.ts';
import { type Oddity, oddAnswer, oddHeaders } from './oddities.ts';
import { createRateLimit, TIER_RATES } from './rateLimit.ts';
import { fetchPicture, readSent, type Sent } from './readPicture.ts';
import { ERROR_ANSWERS, Refusal } from './refusal.ts';
import { createRequestLog, type LoggedPrediction } from './requestLog.ts';
import { type PredictionRoute, routeOf } from './routes.ts';
import { createTokenVerifier } from './tokenVerifier.ts';

export type { PredictionServer } from './contract.ts';

export async function startPredictionServer(options: PredictionServerOptions): Promise<PredictionServer> {
  const { identity, accountName = DEFAULT_ACCOUNT, tier = 'S0' } = options;
  const modelOf = createModelDirectory(options);
  const verify = createTokenVerifier(identity);
  const rateLimit = createRateLimit(tier, () => server.rate, options.now ?? Date.now);
  const faults = createFaults();
  const log = createRequestLog();
  const switches = () => ({
    rate: { ...TIER_RATES[tier], burst: 0, ...options.rate },
    firewall: false,
    unavailable: new Set<string>(),
    oddities: new Set<Oddity>(),
    customSubdomain: options.customSubdomain ?? true,
  });

  async function predict(
    request: IncomingMessage,
    route: PredictionRoute,
    sent: Sent,
    entry: LoggedPrediction,
    gone: AbortSignal,
  ) {
    const { assignments } = identity;
    const { customSubdomain } = server;
    entry.objectId = await authorize(request.headers, { accountName, customSubdomain, assignments, verify });
    rateLimit.admit(route);
    if (server.firewall) throw new Refusal('403');
    const { predictor, projectId } = modelOf(route);
    if (server.unavailable.has(route.publishedName)) throw new Refusal('ErrorPredictionServiceUnavailable');
    if ('refusal' in sent) throw sent.refusal;
    const picture = 'picture' in sent ? sent.picture : await fetchPicture(sent.url, gone);
    if ('url' in sent) log.picture(entry, picture);
    await checkPicture(picture);
    return oddAnswer(await predictionOf(predictor, projectId, picture), server.oddities);
  }

  async function handle(request: IncomingMessage, response: ServerResponse) {
    response.setHeader('apim-request-id', randomUUID());
    const route = request.method === 'POST' ? routeOf(pathOf(request)) : undefined;
    if (!route) {
      request.resume();
      return refuse(response, new Refusal('404'));
    }
    const entry = log.open(route, loopback.connectionOf(request));
    const gone = new AbortController();
    const note = (outcome: Partial<LoggedPrediction>) => {
      // What the client did not wait for, it was not told.
      if (!gone.signal.aborted) Object.assign(entry, outcome);
    };
    response.once('close', () => {
      if (entry.status === 'pending') note({ status: 'gone' });
      gone.abort();
    });
    const sent = await readSent(request, route.source);
    if ('picture' in sent) log.picture(entry, sent.picture);
    const shown = await injectFault(faults, response, wordFault);
    if (shown) return note({ status: shown });
    if (gone.signal.aborted) return;
    try {
      const prediction = await predict(request, route, sent, entry, gone.signal);
      note({ status: 200 });
      answerJson(response, 200, prediction);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('ErrorUnknown', { cause: error });
      note({ status: refusal.status, code: refusal.code });
      if (refusal.code === 'ErrorUnknown') entry.failure = String(error);
      refuse(response, refusal);
    }
  }

  const refuse = (response: ServerResponse, { status, body, headers }: Refusal) =>
    answerJson(response, status, body, oddHeaders(headers, server.oddities));

  const loopback = await listenOnLoopback({
    ...(options.port === undefined ? {} : { port: options.port }),
    handle,
    fail: (cause, response) => refuse(response, new Refusal('ErrorUnknown', { cause })),
  });

  const server: PredictionServer = {
    url: loopback.origin,
    faults,
    answerNext: (code) => {
      const { status, body, headers } = new Refusal(code);
      faults.next({ status, headers: oddHeaders(headers, server.oddities), body: JSON.stringify(body) });
    },
    ...switches(),
    requests: log.entries,
    count: log.count,
    get connections() {
      return loopback.connections;
    },
    reset: () => {
      log.clear();
      faults.clear();
      rateLimit.clear();
      Object.assign(server, switches());
    },
    close: loopback.close,
  };
  return server;
}

/** Never throws, unlike `new URL`, on what a client may send as a path. */
const pathOf = (request: IncomingMessage) => (request.url ?? '/').split('?', 1)[0] ?? '/';

const wordFault = (status: number) =>
  status === 429
    ? { error: { code: '429', message: ERROR_ANSWERS['429'].message } }
    : { code: 'ErrorUnknown', message: `The service answered ${status}.` };
