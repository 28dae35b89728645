import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { messageOf } from '../thrown.ts';

const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

/** The part of host.json that this host heeds: https://learn.microsoft.com/azure/azure-functions/functions-host-json */
const HostJsonFile = v.object({
  version: v.literal('2.0'),
  extensions: v.optional(
    v.object({
      http: v.optional(v.object({ routePrefix: v.optional(v.string()) })),
      blobs: v.optional(
        v.object({
          maxDegreeOfParallelism: v.optional(count(1, 10_000)),
          poisonBlobThreshold: v.optional(count(1, 1000)),
        }),
      ),
      queues: v.optional(
        v.object({
          batchSize: v.optional(count(1, 32)),
          newBatchThreshold: v.optional(count(0, 10_000)),
          maxDequeueCount: v.optional(count(1, 1000)),
          visibilityTimeout: v.optional(v.string()),
          messageEncoding: v.optional(v.picklist(['base64', 'none'])),
        }),
      ),
    }),
  ),
});

export type HostJson = {
  /** Without slashes at its ends; may be empty. */
  routePrefix: string;
  blobs: { parallelism: number; attempts: number };
  queues: {
    batchSize: number;
    parallelism: number;
    attempts: number;
    retryAfterSeconds: number;
    base64: boolean;
  };
};

/** @throws when host.json is missing, is not JSON, or holds a value of the wrong kind for a setting heeded here */
export async function readHostJson(appDirectory: string): Promise<HostJson> {
  const path = join(appDirectory, 'host.json');
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`Cannot read ${path}, which every function app has: ${messageOf(cause)}`, { cause });
  }
  const parsed = v.safeParse(HostJsonFile, content);
  if (!parsed.success) {
    const problems = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'top level'}: ${issue.message}`);
    throw new Error(`${path}: ${problems.join('; ')}`);
  }
  const { http, blobs, queues } = parsed.output.extensions ?? {};
  const batchSize = queues?.batchSize ?? 16;
  return {
    routePrefix: (http?.routePrefix ?? 'api').replace(/^\/+|\/+$/g, ''),
    blobs: {
      parallelism: blobs?.maxDegreeOfParallelism ?? 8 * availableParallelism(),
      attempts: blobs?.poisonBlobThreshold ?? 5,
    },
    queues: {
      batchSize,
      parallelism: batchSize + (queues?.newBatchThreshold ?? Math.floor(batchSize / 2)),
      attempts: queues?.maxDequeueCount ?? 5,
      retryAfterSeconds: parseTimeSpan(queues?.visibilityTimeout ?? '00:00:00'),
      base64: queues?.messageEncoding !== 'none',
    },
  };
}

/** Seconds of a .NET time span "hh:mm:ss". @throws for anything else */
function parseTimeSpan(text: string): number {
  const [, hours, minutes, seconds] = /^(\d{1,2}):([0-5]\d):([0-5]\d)$/.exec(text) ?? [];
  if (!hours || !minutes || !seconds) throw new Error(`Expected a time span like "00:00:30", got "${text}".`);
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
