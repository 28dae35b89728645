import { parseArgs } from 'node:util';
import { LOCAL_FUNCTION_KEY, type Stack, startStack } from '../../local/stack.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { residentMemory } from '../support/hostMemory.ts';
import { phonePhotograph } from '../support/phonePictures.ts';
import { createVerdict } from './figures.ts';

const { values } = parseArgs({ options: { pictures: { type: 'string', default: '10' } } });
const pictures = Number(values.pictures);
const MOST_MB = 700;

// without a handler a signal ends the process before it can end its children
process.once('SIGINT', () => process.exit(130));
const stack = await startStack();
try {
  await run(stack);
} finally {
  await stack.close();
}

async function run({ startHost }: Stack): Promise<void> {
  const { bytes } = await phonePhotograph('apple');
  console.log(
    `${pictures} pictures of 24 megapixels and ${(bytes.length / 1e6).toFixed(1)} MB, posted at once`,
  );
  const host = await startHost();
  const resting = residentMemory(host.processId, 'VmRSS');
  const started = performance.now();
  const answers = await Promise.all(Array.from({ length: pictures }, () => predict(host.url, bytes)));
  const seconds = (performance.now() - started) / 1000;
  const peak = residentMemory(host.processId, 'VmHWM');
  await host.stop();

  const right = answers.filter(({ status, tagName }) => status === 200 && tagName === 'apple').length;
  const verdict = createVerdict();
  verdict.check(`answered 200 with the right tag, of ${pictures}`, right, right === pictures);
  verdict.check('seconds until the last answer, below 60', seconds.toFixed(1), seconds < 60);
  verdict.check('memory of the host before, MB', resting?.toFixed(0) ?? 'not told', true);
  // undefined where there is no /proc: then nothing was measured, which is no success
  verdict.check(
    `memory of the host at its peak, below ${MOST_MB} MB`,
    peak?.toFixed(0) ?? 'not told',
    Number(peak) < MOST_MB,
  );
  verdict.finish();
}

async function predict(
  url: string,
  picture: Buffer,
): Promise<{ status: number; tagName: string | undefined }> {
  const answer = await fetch(`${url}/api/predict/fruit`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg', 'x-functions-key': LOCAL_FUNCTION_KEY },
    body: new Uint8Array(picture),
  });
  const { results } = (await answer.json()) as Partial<PredictionDocument>;
  return { status: answer.status, tagName: results?.[0]?.predictions[0]?.tagName };
}
