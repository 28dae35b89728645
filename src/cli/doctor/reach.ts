import { lookup } from 'node:dns/promises';
import { Agent, request } from 'undici';

/** What came of asking an address for anything at all. */
export type Reached =
  | { answered: true; status: number; addresses: string[]; ms: number; skewMs: number | undefined }
  | { answered: false; step: 'name' | 'connection' | 'tls'; code: string };

const CONNECT_MS = 5_000;
const ANSWER_MS = 8_000;

/** OpenSSL’s and Node’s words for a certificate nobody here vouches for: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL|EPROTO/u;

/** Asks without a token, since any answer will do: its Date header also tells how far this clock is off. */
export async function reach(origin: string): Promise<Reached> {
  const { hostname } = new URL(origin);
  let addresses: string[];
  try {
    const bare = hostname.replace(/^\[|\]$/gu, '');
    addresses = (await lookup(bare, { all: true })).map(({ address }) => address);
  } catch (error) {
    return { answered: false, step: 'name', code: codeOf(error) };
  }
  const dispatcher = new Agent({ connectTimeout: CONNECT_MS });
  try {
    const started = Date.now();
    const { statusCode, headers, body } = await request(new URL('/', origin), {
      dispatcher,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const ended = Date.now();
    await body.dump();
    const told = Date.parse(String(headers.date ?? ''));
    return {
      answered: true,
      status: statusCode,
      addresses,
      ms: ended - started,
      skewMs: Number.isNaN(told) ? undefined : Math.round((started + ended) / 2 - told),
    };
  } catch (error) {
    const code = codeOf(error);
    return { answered: false, step: UNTRUSTED.test(code) ? 'tls' : 'connection', code };
  } finally {
    await dispatcher.destroy();
  }
}

function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name ?? 'unknown';
}
