import { KeylessError } from '../errors/errors.ts';
import { type Answer, type Ask, createAsk } from '../outbound/ask.ts';
import { OutboundFailure } from '../outbound/failure.ts';
import { waysOut } from '../settings/proxies.ts';
import { isPrivate, literalAddress, PRIVATE_ADDRESS, publicLookup } from './addresses.ts';

/** For everything: whoever needs longer has a queue of its own. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Of an answer only its words for a failure are looked at. */
const MAX_ANSWER_BYTES = 64 * 1024;

export type Sent = {
  url: string;
  method?: 'GET' | 'POST';
  headers: Record<string, string>;
  body?: string;
  /** Whether the address may be a private one. */
  private: boolean;
};

let askAnywhere: Ask | undefined;
let askPublic: Ask | undefined;

/**
 * One request, without retries and without following redirects. What counts is the status: an answer that breaks off
 * after it has arrived has no text then. Rejects with TargetPrivate, TargetTimeout or TargetUnreachable, or with the
 * fault of a proxy on the way.
 */
export async function exchange(sent: Sent): Promise<Answer> {
  const url = new URL(sent.url);
  const literal = literalAddress(url);
  if (literal && !sent.private && isPrivate(literal)) throw isPrivateFault(url);
  askAnywhere ??= createAsk();
  askPublic ??= createAsk(waysOut(), publicLookup);
  const ask = sent.private ? askAnywhere : askPublic;
  try {
    return await ask(sent.url, {
      method: sent.method ?? 'POST',
      headers: sent.headers,
      body: sent.body ?? null,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      mostBytes: MAX_ANSWER_BYTES,
    });
  } catch (thrown) {
    if (!(thrown instanceof OutboundFailure)) throw thrown;
    if (thrown.begun) return { ...thrown.begun, text: '' };
    throw connectionFault(thrown, url);
  }
}

const isPrivateFault = ({ host }: URL, cause?: unknown): KeylessError =>
  new KeylessError('TargetPrivate', `${host} is in a private network or reserved, and was sent nothing.`, {
    cause,
  });

function connectionFault(cause: OutboundFailure, url: URL): KeylessError {
  if (cause.code === PRIVATE_ADDRESS) return isPrivateFault(url, cause);
  const code = cause.ending === 'silence' ? 'TargetTimeout' : 'TargetUnreachable';
  return new KeylessError(code, `${url.host} ${cause.message}.`, { cause });
}
