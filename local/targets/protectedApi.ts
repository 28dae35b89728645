import { startTargetServer, type TargetOptions, type TargetServer } from './targetServer.ts';

export const API_AUDIENCE = 'api://7d2f0c4e-5b16-4a8d-9c3e-2f1a0b9c8d7e';
export const API_ROLE = 'Pictures.Receive';

export type ProtectedApi = TargetServer & {
  /** CloudEvents that were taken, by their ids: how often each came. */
  readonly told: ReadonlyMap<string, { subject: string; type: string; times: number }>;
};

/** A web API that takes CloudEvents of whoever’s token carries its app role, and nothing else. */
export async function startProtectedApi(
  options: Pick<TargetOptions, 'tls' | 'authority'>,
): Promise<ProtectedApi> {
  const told = new Map<string, { subject: string; type: string; times: number }>();
  const server = await startTargetServer({
    ...options,
    audiences: [API_AUDIENCE],
    wordFault: (status) => ({ type: 'about:blank', title: `The API answered ${status}.`, status }),
    answer: ({ method, headers, body }, caller) => {
      if (!caller) return problem(401, 'The token is missing, or not for this API.');
      const { roles } = caller;
      if (!Array.isArray(roles) || !roles.includes(API_ROLE))
        return problem(403, `The role ${API_ROLE} is missing.`);
      if (method !== 'POST') return problem(405, 'POST an event.');
      if (!headers['content-type']?.startsWith('application/cloudevents+json'))
        return problem(415, 'Send a CloudEvent.');
      const { id, subject, type } = JSON.parse(body) as Record<string, string>;
      if (!id || !subject || !type) return problem(400, 'That is no CloudEvent.');
      told.set(id, { subject, type, times: (told.get(id)?.times ?? 0) + 1 });
      return { status: 204 };
    },
  });
  return {
    ...server,
    told,
    reset: () => {
      server.reset();
      told.clear();
    },
  };
}

const problem = (status: number, title: string) => ({ status, body: { type: 'about:blank', title, status } });
