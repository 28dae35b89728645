import PQueue from 'p-queue';
import { credentialFor } from '../../identity/credential.ts';
import type { Limits, PredictionDocument } from '../../storage/document.ts';
import { createPredictionClient } from '../../vision/client.ts';
import { askAboveSome, costOf } from '../cost.ts';
import { createBar, interruption } from '../progress.ts';
import { chosenModel, visionSettings } from './chosenModel.ts';
import { openDrawings } from './drawings.ts';
import { type NamedPicture, namedPictures } from './pictures.ts';
import { failureLines, predictionTable } from './report.ts';
import { scoreNamed } from './score.ts';

export type PredictOptions = Limits & {
  model?: string;
  svg?: string;
  concurrency: number;
  json?: boolean;
  yes?: boolean;
};

/** Scores pictures and tells what was seen. Resolves with the exit code. */
export async function predict(args: readonly string[], options: PredictOptions): Promise<number> {
  const { model: name, svg, concurrency, json, yes, ...limits } = options;
  const pictures = await namedPictures(args);
  const { models, identity } = visionSettings();
  const model = chosenModel(models, name);
  const signal = interruption();
  const ended = await askAboveSome(costOf([model], pictures.length), yes, signal);
  if (ended) return ended;
  const drawings = svg === undefined ? undefined : await openDrawings(svg);
  const client = createPredictionClient(credentialFor(identity));
  const bar = createBar(pictures.length);
  const documents = new Map<string, PredictionDocument>();
  let undrawn = 0;

  async function one(picture: NamedPicture): Promise<void> {
    const scored = await scoreNamed(client, model, picture, limits, signal);
    const { document } = scored;
    documents.set(picture.key, document);
    if (json) console.log(JSON.stringify(document));
    if (drawings && document.status === 'succeeded' && !(await drawings.draw(scored))) undrawn += 1;
    bar.step();
  }

  const finished = await each(pictures, concurrency, signal, one).finally(() => bar.stop());
  const done = pictures.flatMap((picture) => documents.get(picture.key) ?? []);
  const failures = done.filter(({ status }) => status === 'failed');
  if (!json && done.length > 0) console.log(predictionTable(done, limits.top !== undefined));
  if (failures.length > 0) console.error(failureLines(failures));
  if (undrawn > 0)
    console.error(`${undrawn} not drawn: Custom Vision fetches urls itself, so the picture is not here.`);
  if (finished) return failures.length > 0 ? 1 : 0;
  console.error(`Interrupted after ${done.length} of ${pictures.length} pictures.`);
  return 130;
}

/** At most so many at a time. Resolves with whether all were done; after the signal those at work are given up. */
async function each(
  pictures: readonly NamedPicture[],
  concurrency: number,
  signal: AbortSignal,
  work: (picture: NamedPicture) => Promise<void>,
): Promise<boolean> {
  const queue = new PQueue({ concurrency });
  const works = pictures.map((picture) =>
    queue
      .add(() => work(picture), { signal })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        queue.clear(); // no more paid calls
        throw error;
      }),
  );
  await Promise.all(works);
  return !signal.aborted;
}
