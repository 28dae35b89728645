import fc from 'fast-check';
import type { Host } from '../../local/host/start.ts';
import type { Stack } from '../../local/stack.ts';
import { residentMemory } from './hostMemory.ts';
import { wholePictures } from './mutatedPictures.ts';
import { fault } from './randomAnswers.ts';
import { type RandomRequest, randomRequests } from './randomRequests.ts';
import { sendRandom } from './sendRandom.ts';

export type Fuzzed = {
  /** The smallest request found whose answer is wrong, and why; undefined where none was. */
  counterexample: string | undefined;
  sent: number;
  /** How many answers of each status; 0 are those whose request broke off. */
  statuses: Map<number, number>;
  slowestMs: number;
  /** Resident memory of the host in MB, after each tenth of the requests. */
  memory: number[];
  /** From the half to the end; before, the heap of a new process grows to its working size. */
  growth: number;
  /** Calls that the prediction server answered with a server error, and why. */
  serverFailures: string[];
};

const SIDE_BY_SIDE = 5;

/** A host whose calls to the service wait for no rate, and which may hand on urls of one host that nobody answers. */
export function startFuzzedHost({ settings, prediction, startHost }: Stack): Promise<Host> {
  prediction.rate.unstored = Number.POSITIVE_INFINITY;
  const models = JSON.parse(settings.VISION_MODELS ?? '') as Record<string, object>;
  const fast = Object.entries(models).map(([name, model]) => [name, { ...model, rate: 10_000 }]);
  return startHost({
    settings: { VISION_MODELS: JSON.stringify(Object.fromEntries(fast)), URL_HOSTS: 'localhost:1' },
  });
}

/** Sends random requests, some of them side by side, and looks at every answer. */
export async function fuzz(
  stack: Stack,
  host: Host,
  options: { requests: number; seed: number },
): Promise<Fuzzed> {
  const memory: number[] = [];
  const tenth = Math.ceil(options.requests / 10);
  const statuses = new Map<number, number>();
  let [sent, slowestMs] = [0, 0];

  const look = async (request: RandomRequest) => {
    const started = performance.now();
    const answer = await sendRandom(host.url, request);
    slowestMs = Math.max(slowestMs, performance.now() - started);
    statuses.set(answer?.status ?? 0, (statuses.get(answer?.status ?? 0) ?? 0) + 1);
    sent += 1;
    if (sent % tenth === 0) memory.push(residentMemory(host.processId, 'VmRSS') ?? 0);
    const wrong = answer && fault(request, answer);
    if (wrong) throw new Error(wrong);
  };
  const batch = fc.array(randomRequests(await wholePictures()), {
    minLength: SIDE_BY_SIDE,
    maxLength: SIDE_BY_SIDE,
  });
  const outcome = await fc.check(
    fc.asyncProperty(batch, async (requests) => {
      const outcomes = await Promise.allSettled(requests.map(look));
      const failed = outcomes.find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
    }),
    {
      numRuns: Math.ceil(options.requests / SIDE_BY_SIDE),
      seed: options.seed,
      interruptAfterTimeLimit: 240_000,
    },
  );
  return {
    counterexample: outcome.failed
      ? `${outcome.errorInstance}\n${withoutBytes(fc.defaultReportMessage(outcome) ?? '')}`
      : undefined,
    sent,
    statuses,
    slowestMs,
    memory,
    growth: (memory.at(-1) ?? 0) - (memory[Math.floor(memory.length / 2) - 1] ?? 0),
    serverFailures: stack.prediction.requests
      .filter(({ status }) => Number(status) >= 500)
      .map(({ status, code, failure }) => `${status} ${code} ${failure}`),
  };
}

/** A picture's bytes would hide the rest; seed and path bring them back. */
const withoutBytes = (report: string): string =>
  report.replaceAll(/Buffer\.from\(\[[\d,]{100,}\]\)/gu, (text) => `<${text.split(',').length} bytes>`);
