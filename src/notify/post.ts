import { Agent, request } from 'undici';
import { KeylessError } from '../errors/errors.ts';
import { isPrivate, literalAddress, PRIVATE_ADDRESS, publicLookup } from './addresses.ts';

const KEEP_ALIVE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** For everything: whoever needs longer has a queue of its own. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Of an answer only its words for a failure are looked at. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_SOCKETS = 16;

const agents = new Map<boolean, Agent>();

function agentFor(allowPrivate: boolean): Agent {
  const known = agents.get(allowPrivate);
  if (known) return known;
  const agent = new Agent({
    connections: MAX_SOCKETS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxResponseSize: MAX_ANSWER_BYTES,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...(!allowPrivate && { lookup: publicLookup }) },
  });
  agents.set(allowPrivate, agent);
  return agent;
}

export type Sent = {
  url: string;
  method?: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  /** Whether the address may be a private one. */
  private: boolean;
};
export type Answer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Cut at a limit, and empty where the connection broke after the status came. */
  text: string;
};

/**
 * One request, without retries and without following redirects. What counts is the status: an answer that breaks off
 * after it has arrived. Rejects with TargetPrivate, TargetTimeout or TargetUnreachable.
 */
export async function exchange(sent: Sent): Promise<Answer> {
  const url = new URL(sent.url);
  const literal = literalAddress(url);
  if (literal && !sent.private && isPrivate(literal)) throw isPrivateFault(url);
  try {
    const { statusCode, headers, body } = await request(url, {
      method: sent.method ?? 'POST',
      headers: sent.headers,
      body: sent.body ?? null,
      dispatcher: agentFor(sent.private),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    return { status: statusCode, headers, text: await body.text().catch(() => '') };
  } catch (thrown) {
    throw connectionFault(thrown, url);
  }
}

const isPrivateFault = ({ host }: URL, cause?: unknown): KeylessError =>
  new KeylessError('TargetPrivate', `${host} is in a private network or reserved, and was sent nothing.`, {
    cause,
  });

function connectionFault(cause: unknown, url: URL): KeylessError {
  const { name = '', code = '' } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  if (code === PRIVATE_ADDRESS) return isPrivateFault(url, cause);
  if (name === 'AbortError' || /timeout/iu.test(name) || /TIMEOUT/u.test(code)) {
    return new KeylessError('TargetTimeout', `${url.host} did not answer in time.`, { cause });
  }
  return new KeylessError('TargetUnreachable', `The connection to ${url.host} failed (${code || name}).`, {
    cause,
  });
}
