import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { createFaults, type Faults, injectFault } from '../faults.ts';
import { answerJson, listenOnLoopback } from '../loopback.ts';

export type Authority = { keySetUrl: string; issuer: string };
export type Tls = { cert: Buffer; key: Buffer };

/** One request to a target. Never holds a token. */
export type ToldRequest = {
  at: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
  /** HTTP status; a fault’s name when one was shown. */
  status: number | string;
};
export type TargetAnswer = { status: number; body?: unknown; headers?: Record<string, string> };
export type TargetServer = {
  url: string;
  faults: Faults;
  readonly requests: readonly ToldRequest[];
  reset(): void;
  close(): Promise<void>;
};

export type TargetOptions = {
  tls: Tls;
  authority: Authority;
  audiences: readonly string[];
  /** `caller` is undefined where the token is missing or not valid here. */
  answer(request: ToldRequest, caller: JWTPayload | undefined): TargetAnswer;
  wordFault(status: number): unknown;
  /** 202 with a body that breaks off; what was asked is done all the same. */
  breaksAfterwards?(): boolean;
};

/** An HTTPS server on this machine that takes tokens for its audiences, and shows faults when told to. */
export async function startTargetServer(options: TargetOptions): Promise<TargetServer> {
  const keys = createRemoteJWKSet(new URL(options.authority.keySetUrl), { cooldownDuration: 0 });
  const faults = createFaults();
  const requests: ToldRequest[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization = '', ...headers } = request.headers;
    const entry: ToldRequest = {
      ...{ at: Date.now(), method: request.method ?? '', path: request.url ?? '/' },
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body: (await buffer(request)).toString(),
      status: 'pending',
    };
    requests.push(entry);
    const shown = await injectFault(faults, response, options.wordFault);
    if (shown) {
      entry.status = shown;
      return;
    }
    const { status, body, headers: own } = options.answer(entry, await callerOf(authorization));
    entry.status = status;
    if (options.breaksAfterwards?.()) {
      response.writeHead(status, { ...own, 'content-length': '1000' });
      response.write('{', () => response.socket?.destroy());
    } else if (body === undefined) response.writeHead(status, own).end();
    else answerJson(response, status, body, own);
  }

  async function callerOf(authorization: string): Promise<JWTPayload | undefined> {
    const [, token] = /^Bearer +(\S+)$/iu.exec(authorization) ?? [];
    if (!token) return undefined;
    const { issuer } = options.authority;
    const checks = { algorithms: ['RS256'], issuer, audience: [...options.audiences] };
    return jwtVerify(token, keys, checks).then(
      ({ payload }) => payload,
      () => undefined,
    );
  }

  const loopback = await listenOnLoopback({
    tls: options.tls,
    handle,
    fail: (error, response) =>
      answerJson(response, 500, { error: { code: 'Local', message: String(error) } }),
  });
  return {
    url: loopback.origin,
    faults,
    requests,
    reset: () => {
      requests.length = 0;
      faults.clear();
    },
    close: loopback.close,
  };
}
