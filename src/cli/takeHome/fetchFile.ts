import { KeylessError } from '../../errors/errors.ts';
import { createDownload } from '../../outbound/ask.ts';
import { isStranger } from '../../outbound/failure.ts';
import { digest } from '../../pictures/digest.ts';
import type { Budget } from '../../prediction.ts';
import { connectionFault } from '../../vision/faults.ts';
import { withRetries } from '../../vision/retry.ts';
import { codeForAnswer } from '../../vision/serviceErrors.ts';
import type { TrainingClient } from '../training/client.ts';

const BUDGET: Budget = { total: 180_000, attempt: 120_000, firstWait: 300 };

/** The address is no longer good: another is to be asked for. */
export class AddressEnded extends Error {
  override name = 'AddressEnded';
}

/** `what` names the file for errors, which never tell its address. */
export type FetchFile = (address: string, what: string, mostBytes: number) => Promise<Buffer>;

/**
 * A file of the service by the address that it gave: signed, at a host that gets no token, or in a virtual network a path
 * that the training API itself takes. Rejects with AddressEnded or a KeylessError.
 */
export function createFetchFile(client: TrainingClient, projectId: string, signal: AbortSignal): FetchFile {
  const download = createDownload();

  async function attempt(
    url: URL,
    what: string,
    mostBytes: number,
    attemptSignal: AbortSignal,
  ): Promise<Buffer> {
    const target = `GET ${what} at ${url.host}`;
    const { status, headers, bytes } = await download(url.href, { signal: attemptSignal, mostBytes }).catch(
      (error: unknown) => {
        throw connectionFault(error, target);
      },
    );
    if (status === 200 && !isStranger(status, headers['content-type'])) {
      const md5 = headers['content-md5'];
      if (!md5 || (await digest('md5', bytes)).toString('base64') === md5) return bytes;
      throw new KeylessError(
        'VisionAnswerInvalid',
        `What came is not what was sent (Content-MD5): ${target}.`,
      );
    }
    if ([401, 403, 404, 410].includes(status)) throw new AddressEnded(`${status} to ${target}`);
    const wait = Number(headers['retry-after']);
    throw new KeylessError(
      isStranger(status, headers['content-type'])
        ? 'VisionAnswerInvalid'
        : codeForAnswer(status, undefined, ''),
      `${status} was answered to ${target}.`,
      { ...(wait >= 0 && { retryAfterSeconds: wait }) },
    );
  }

  return async (address, what, mostBytes) => {
    const url = URL.parse(address);
    if (!url) return client.artifact(projectId, address, mostBytes);
    const { value } = await withRetries(
      (attemptSignal) => attempt(url, what, mostBytes, attemptSignal),
      BUDGET,
      { signal },
    );
    return value;
  };
}
