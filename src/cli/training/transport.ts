import { randomUUID } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import * as v from 'valibot';
import { principalOf } from '../../identity/ownClaims.ts';
import { replaceRefused } from '../../identity/replaceRefused.ts';
import { createDownload } from '../../outbound/ask.ts';
import type { Budget } from '../../prediction.ts';
import { parsed } from '../../vision/answer.ts';
import { VISION_SCOPE } from '../../vision/client.ts';
import { connectionFault } from '../../vision/faults.ts';
import { createPace } from '../../vision/pacing.ts';
import { withRetries } from '../../vision/retry.ts';
import { spoken } from '../../vision/spoken.ts';
import { notTraining, trainingRefusal } from './faults.ts';

/** The stable version: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/cognitiveservices/data-plane/CustomVision/Training/stable/v3.3 */
const BASE = '/customvision/v3.3/training';
/** Of all but predictions: https://learn.microsoft.com/azure/ai-services/custom-vision-service/limits-and-quotas */
const CALLS_PER_SECOND = 10;
/** 256 pictures of 300 regions, which is the most of both, have some 20 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

export type Call = {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  body?: unknown;
  /** A refusal by this code of the service’s is an answer too: undefined. */
  orCode?: string;
};

/** Calls of the training API, each in its turn at the account’s rate, and again where that can mend it. */
export type Transport = {
  send<S extends v.GenericSchema>(call: Call, schema: S): Promise<v.InferOutput<S>>;
  file(path: string, mostBytes: number): Promise<Buffer>;
};

export function createTransport(
  endpoint: string,
  credential: TokenCredential,
  budget: Budget,
  signal: AbortSignal | undefined,
): Transport {
  const download = createDownload();
  const pace = createPace(CALLS_PER_SECOND);
  const { host } = new URL(endpoint);
  const targetOf = ({ method, path }: Call) => `${method} ${path} at ${host}`;

  /** Undefined: refused by the code that is an answer too. */
  async function attempt(
    call: Call,
    mostBytes: number,
    attemptSignal: AbortSignal,
  ): Promise<Buffer | undefined> {
    const { method, path, body, orCode } = call;
    const token = await credential.getToken(VISION_SCOPE);
    const { status, headers, bytes } = await download(`${endpoint}${BASE}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token?.token}`,
        'x-ms-client-request-id': randomUUID(),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: attemptSignal,
      mostBytes,
    }).catch((error: unknown) => {
      throw connectionFault(error, targetOf(call));
    });
    if (status === 200) return bytes;
    const text = bytes.toString();
    if (orCode !== undefined && spoken(text).code === orCode) return undefined;
    const wait = headers['retry-after'];
    const refused = { status, text, ...(wait !== undefined && { retryAfterSeconds: Number(wait) }) };
    const fault = trainingRefusal(
      refused,
      targetOf(call),
      endpoint,
      await principalOf(credential, VISION_SCOPE),
    );
    if (fault.code === 'RateLimited') pace.pauseFor((fault.retryAfterSeconds ?? 0) * 1000);
    throw fault;
  }

  async function patiently<T>(once: (attemptSignal: AbortSignal) => Promise<T>): Promise<T> {
    const { value } = await withRetries(
      (attemptSignal) => replaceRefused(credential, VISION_SCOPE, () => once(attemptSignal)),
      budget,
      { signal, turn: (longestWaitMs) => pace.turn('caller', longestWaitMs, signal) },
    );
    return value;
  }

  return {
    send: (call, schema) =>
      patiently(async (attemptSignal) => {
        const bytes = await attempt(call, MOST_BYTES, attemptSignal);
        const result = v.safeParse(schema, bytes && parsed(bytes.toString()));
        if (result.success) return result.output;
        // a page in place of an answer may be gone the next time
        const at = result.issues.map((issue) => v.getDotPath(issue) ?? 'the body').slice(0, 3);
        throw notTraining(targetOf(call), `see ${at.join(', ')}`);
      }),
    file: (path, mostBytes) =>
      patiently(async (attemptSignal) => {
        const bytes = await attempt({ method: 'GET', path }, mostBytes, attemptSignal);
        return bytes ?? Buffer.alloc(0);
      }),
  };
}
