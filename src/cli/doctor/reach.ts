import { lookup } from 'node:dns/promises';
import { KeylessError } from '../../errors/errors.ts';
import { createAsk } from '../../outbound/ask.ts';
import { OutboundFailure } from '../../outbound/failure.ts';
import type { Ways } from '../../settings/proxies.ts';

/** What came of asking an address for anything at all. */
export type Reached =
  | { answered: true; status: number; addresses: string[]; ms: number; skewMs: number | undefined }
  | { answered: false; step: 'name' | 'connection' | 'tls' | 'no tls' | 'no http'; code: string }
  | { answered: false; step: 'proxy'; fault: KeylessError };

const ANSWER_MS = 8_000;
const MOST_BYTES = 1024 * 1024;

/** OpenSSL’s and Node’s words for a certificate nobody here vouches for: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/u;
/** For what is no TLS at all. */
const NO_TLS = /ERR_SSL|EPROTO/u;

/** Asks without a token, since any answer will do: its Date header also tells how far this clock is off. */
export async function reach(origin: string, ways: Ways): Promise<Reached> {
  const url = new URL('/', origin);
  let addresses: string[] = [];
  try {
    // through a proxy it is the proxy that looks names up
    if (!ways(url)) addresses = await addressesOf(url.hostname);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { answered: false, step: 'name', code };
  }
  const started = Date.now();
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const { status, headers } = await createAsk(ways)(url.href, { signal, mostBytes: MOST_BYTES });
    const ended = Date.now();
    const told = Date.parse(headers.date ?? '');
    return {
      ...{ answered: true, status, addresses, ms: ended - started },
      skewMs: Number.isNaN(told) ? undefined : Math.round((started + ended) / 2 - told),
    };
  } catch (error) {
    if (error instanceof KeylessError) return { answered: false, step: 'proxy', fault: error };
    if (error instanceof OutboundFailure) return { answered: false, step: stepOf(error), code: error.code };
    throw error;
  }
}

const addressesOf = async (hostname: string): Promise<string[]> =>
  (await lookup(hostname.replace(/^\[|\]$/gu, ''), { all: true })).map(({ address }) => address);

function stepOf({ ending, code }: OutboundFailure) {
  if (ending === 'foreign') return 'no http';
  return UNTRUSTED.test(code) ? 'tls' : NO_TLS.test(code) ? 'no tls' : 'connection';
}
