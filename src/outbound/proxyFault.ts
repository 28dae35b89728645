import { KeylessError } from '../errors/errors.ts';

/** The words of undici’s ProxyAgent for an answer to CONNECT that opens no tunnel. */
const NO_TUNNEL = /^Proxy response \((\d{3})\)/u;
/** Through a proxy nobody but the proxy is looked up and connected to. */
const NO_PROXY =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_(?:CONNECT_TIMEOUT|PRX_TLS))$/u;

/** What was thrown on the way to a host, where the fault is the proxy’s. Names the proxy without its user and password. */
export function proxyFault(thrown: unknown, proxy: URL, host: string): KeylessError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { message, code = '', cause } = thrown as NodeJS.ErrnoException;
  const status = Number(NO_TUNNEL.exec(message)?.[1]);
  if (status) return tunnelRefused(status, proxy, host, thrown);
  if (!NO_PROXY.test(code)) return proxyFault(cause, proxy, host); // fetch wraps it twice
  return new KeylessError(
    'ProxyUnavailable',
    `The proxy ${proxy.host}, through which ${host} is to be reached, does not answer (${code}).`,
    { cause: thrown },
  );
}

/** A proxy that opens no tunnel: it forbids it, or does not get there itself. */
export function tunnelRefused(status: number, proxy: URL, host: string, cause?: unknown): KeylessError {
  const code = status >= 500 ? 'ProxyUnavailable' : 'ProxyRefused';
  return new KeylessError(
    code,
    `The proxy ${proxy.host} answered HTTP ${status} instead of opening the way to ${host}.`,
    {
      cause,
      ...(status === 407 && {
        fix: 'Give HTTPS_PROXY user and password as the proxy knows them, http://<user>:<password>@<proxy>:<port>, then restart.',
      }),
    },
  );
}
