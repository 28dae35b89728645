import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createFaults, injectFault } from '../faults.ts';
import type { AzureRole } from '../identity/assignments.ts';
import { answerJson, listenOnLoopback } from '../identity/loopback.ts';
import { Refusal } from '../prediction/refusal.ts';
import { createTokenVerifier } from '../prediction/tokenVerifier.ts';
import { answerOf } from './answers.ts';
import type { LoggedTrainingRequest, TrainingApi, TrainingApiOptions } from './contract.ts';

/** The name of the local training account, when nobody names another. */
export const TRAINING_ACCOUNT = 'keyless-vision-training';

/** Roles that may read projects; the Reader is one here, though it may not predict:
 * https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/ai-machine-learning */
const READING_ROLES: readonly AzureRole[] = [
  'Cognitive Services User',
  'Cognitive Services Data Reader',
  'Cognitive Services Custom Vision Contributor',
  'Cognitive Services Custom Vision Deployment',
  'Cognitive Services Custom Vision Trainer',
  'Cognitive Services Custom Vision Labeler',
  'Cognitive Services Custom Vision Reader',
];

const KEY_HEADERS = ['training-key', 'ocp-apim-subscription-key'];

export async function startTrainingApi(options: TrainingApiOptions): Promise<TrainingApi> {
  const { identity, projects, accountName = TRAINING_ACCOUNT } = options;
  const verify = createTokenVerifier(identity);
  const faults = createFaults();
  const requests: LoggedTrainingRequest[] = [];
  const switches = () => ({ firewall: false, customSubdomain: true });

  /** The caller's object id; throws a Refusal when it may not read here. */
  async function authorize(headers: IncomingHttpHeaders): Promise<string> {
    const [, token] = /^Bearer +(\S+)$/iu.exec(headers.authorization ?? '') ?? [];
    if (token && !server.customSubdomain) throw new Refusal('BadRequest');
    if (KEY_HEADERS.some((name) => headers[name] !== undefined))
      throw new Refusal('AuthenticationTypeDisabled');
    if (!token) throw new Refusal('401');
    const objectId = await verify(token);
    if (!objectId) throw new Refusal('Unauthorized');
    const { assignments } = identity;
    if (!READING_ROLES.some((role) => assignments.has(objectId, accountName, role)))
      throw new Refusal('PermissionDenied');
    return objectId;
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('apim-request-id', randomUUID());
    request.resume();
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const entry: LoggedTrainingRequest = { path, status: 'pending' };
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
      if (request.method !== 'GET' || !/^\/customvision\/v3\.3\/training\//iu.test(path))
        throw new Refusal('404');
      entry.objectId = await authorize(request.headers);
      if (server.firewall) throw new Refusal('403');
      const answer = answerOf(path, projects);
      if (answer === undefined) throw new Refusal('404');
      entry.status = 200;
      answerJson(response, 200, answer);
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
    reset: () => {
      requests.length = 0;
      faults.clear();
      Object.assign(server, switches());
    },
    close: loopback.close,
  };
  return server;
}
