import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createFaults, injectFault } from '../faults.ts';
import { answerJson, listenOnLoopback } from '../loopback.ts';
import { createRateLimit } from '../prediction/rateLimit.ts';
import { Refusal } from '../prediction/refusal.ts';
import { createTokenVerifier } from '../prediction/tokenVerifier.ts';
import { answerOf } from './answers.ts';
import type { LoggedTrainingRequest, TrainingApi, TrainingApiOptions } from './contract.ts';
import { createExports } from './exports.ts';
import { startFiles } from './files.ts';
import { picturePath } from './pictures.ts';
import { createProjectChanges } from './projectChanges.ts';
import { rolesFor } from './roles.ts';

/** The name of the local training account, when nobody names another. */
export const TRAINING_ACCOUNT = 'keyless-vision-training';

/** Of all calls but predictions, in either tier: https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
const CALLS_PER_SECOND = 10;
const KEY_HEADERS = ['training-key', 'ocp-apim-subscription-key'];

export async function startTrainingApi(options: TrainingApiOptions): Promise<TrainingApi> {
  const { identity, projects, accountName = TRAINING_ACCOUNT } = options;
  const verify = createTokenVerifier(identity);
  const faults = createFaults();
  const requests: LoggedTrainingRequest[] = [];
  const switches = () => ({
    firewall: false,
    customSubdomain: true,
    virtualNetwork: false,
    rate: CALLS_PER_SECOND,
    exportMs: 0,
  });
  const rate = () => ({ stored: server.rate, unstored: server.rate, burst: 0 });
  const rateLimit = createRateLimit('S0', rate, Date.now, 'Training_3.3');
  const changes = createProjectChanges(options.mayWrite);
  const exports = createExports(options.exported);
  const pictures = new Map(
    projects.flatMap(({ id: projectId, pictures: own = [] }) =>
      own.map(({ id, bytes }) => [picturePath(projectId, id), bytes] as const),
    ),
  );
  const fileAt = (path: string) => pictures.get(path) ?? exports.fileAt(path);
  const files = await startFiles(fileAt);
  const addressOf = (path: string) => (server.virtualNetwork ? path.slice(1) : files.addressOf(path));

  /** The caller's object id; throws a Refusal when it may not do that here. */
  async function authorize(method: string, path: string, headers: IncomingHttpHeaders): Promise<string> {
    const [, token] = /^Bearer +(\S+)$/iu.exec(headers.authorization ?? '') ?? [];
    if (token && !server.customSubdomain) throw new Refusal('BadRequest');
    if (KEY_HEADERS.some((name) => headers[name] !== undefined))
      throw new Refusal('AuthenticationTypeDisabled');
    if (!token) throw new Refusal('401');
    const objectId = await verify(token);
    if (!objectId) throw new Refusal('Unauthorized');
    const { assignments } = identity;
    if (!rolesFor(method, path).some((role) => assignments.has(objectId, accountName, role)))
      throw new Refusal('PermissionDenied');
    return objectId;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('apim-request-id', randomUUID());
    const { method = 'GET', headers } = request;
    const [path = '/', query] = (request.url ?? '/').split('?', 2);
    const entry: LoggedTrainingRequest = { method, path, status: 'pending' };
    requests.push(entry);
    const shown = await injectFault(faults, response, (status) => ({
      code: 'ErrorUnknown',
      message: `The service answered ${status}.`,
    }));
    if (shown) {
      entry.status = shown;
      return;
    }
    try {
      const body = await bodyOf(request);
      if (!/^\/customvision\/v3\.3\/training\//iu.test(path)) throw new Refusal('404');
      entry.objectId = await authorize(method, path, headers);
      rateLimit.admit({ operation: method, stored: true });
      if (server.firewall) throw new Refusal('403');
      const call = { method, path, query: new URLSearchParams(query), body };
      const { exportMs } = server;
      const answer = answerOf(call, { projects, changes, exports, exportMs, addressOf, fileAt });
      if (answer === undefined) throw new Refusal('404');
      entry.status = 200;
      if (!Buffer.isBuffer(answer)) return answerJson(response, 200, answer);
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': answer.length,
      });
      response.end(answer);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('ErrorUnknown', { cause: error });
      Object.assign(entry, { status: refusal.status, code: refusal.code });
      answerJson(response, refusal.status, refusal.body, refusal.headers);
    }
  }

  const loopback = await listenOnLoopback({
    ...(options.port === undefined ? {} : { port: options.port }),
    handle,
    fail: (_error, response) => answerJson(response, 500, new Refusal('ErrorUnknown').body),
  });

  const server: TrainingApi = {
    url: loopback.origin,
    accountName,
    faults,
    answerNext: (code) => {
      const { status, body, headers } = new Refusal(code);
      faults.next({ status, headers, body: JSON.stringify(body) });
    },
    ...switches(),
    requests,
    files,
    reset: () => {
      requests.length = 0;
      for (const part of [faults, rateLimit]) part.clear();
      for (const part of [files, exports, changes]) part.reset();
      Object.assign(server, switches());
    },
    close: async () => {
      await Promise.all([loopback.close(), files.close()]);
    },
  };
  return server;
}

/** What JSON it holds; undefined where it holds none. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const body = await text(request);
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
