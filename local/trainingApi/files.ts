import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createFaults, injectFault } from '../faults.ts';
import { listenOnLoopback } from '../loopback.ts';
import type { FileHost, LoggedDownload } from './contract.ts';

/** https://learn.microsoft.com/rest/api/storageservices/create-service-sas */
const VERSION = '2017-04-17';
const ONE_DAY_MS = 24 * 60 * 60 * 1000;

export type Files = FileHost & {
  /** The address of a file, with a signature that ends. */
  addressOf(path: string): string;
  reset(): void;
  close(): Promise<void>;
};

/** Storage of the service’s own, at another address than the API: whoever has an address with a good signature is given the file. */
export async function startFiles(fileAt: (path: string) => Buffer | undefined): Promise<Files> {
  const key = randomBytes(32);
  const faults = createFaults();
  const requests: LoggedDownload[] = [];
  const signatureOf = (path: string, end: string) =>
    createHmac('sha256', key).update(`r\n${end}\n${path}\n${VERSION}`).digest('base64');

  /** The refusals of Blob storage: https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes */
  function answer({ headers }: IncomingMessage, path: string, query: URLSearchParams) {
    if (headers.authorization !== undefined)
      return refusal(
        400,
        'InvalidAuthenticationInfo',
        'Authentication information is not given in the correct format.',
      );
    const end = query.get('se') ?? '';
    if (query.get('sig') !== signatureOf(path, end) || !(Date.parse(end) > Date.now()))
      return refusal(
        403,
        'AuthenticationFailed',
        'Server failed to authenticate the request. Signature not valid in the specified time frame.',
      );
    const bytes = fileAt(path);
    if (!bytes) return refusal(404, 'BlobNotFound', 'The specified blob does not exist.');
    const md5 = createHash('md5').update(bytes).digest('base64');
    return {
      status: 200,
      bytes,
      headers: { 'content-type': 'application/octet-stream', 'content-md5': md5 },
    };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const { pathname, searchParams } = new URL(request.url ?? '/', loopback.origin);
    const entry: LoggedDownload = {
      method: request.method ?? 'GET',
      path: pathname,
      status: 'pending',
      authorized: request.headers.authorization !== undefined,
    };
    requests.push(entry);
    const shown = await injectFault(faults, response, (status) => ({ status }));
    if (shown) {
      entry.status = shown;
      return;
    }
    const { status, bytes, headers } = answer(request, pathname, searchParams);
    entry.status = status;
    response.writeHead(status, { 'content-length': bytes.length, ...headers }).end(bytes);
  }

  const loopback = await listenOnLoopback({
    handle,
    fail: (error, response) => response.writeHead(500).end(String(error)),
  });
  const files: Files = {
    url: loopback.origin,
    faults,
    addressesLiveMs: ONE_DAY_MS,
    requests,
    addressOf: (path) => {
      const end = new Date(Date.now() + files.addressesLiveMs).toISOString();
      const query = new URLSearchParams({
        sv: VERSION,
        sr: 'b',
        sig: signatureOf(path, end),
        se: end,
        sp: 'r',
      });
      return `${loopback.origin}${path}?${query}`;
    },
    reset: () => {
      requests.length = 0;
      faults.clear();
      files.addressesLiveMs = ONE_DAY_MS;
    },
    close: loopback.close,
  };
  return files;
}

const refusal = (status: number, code: string, message: string) => ({
  status,
  bytes: Buffer.from(
    `\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  ),
  headers: { 'content-type': 'application/xml', 'x-ms-error-code': code },
});
