import { saturation } from '../../exports/saturation.ts';
import type { AskModel } from '../../prediction.ts';
import { isExport, type Model } from '../../settings/settings.ts';
import type { Limits, PredictionDocument } from '../../storage/document.ts';
import { openAsker } from '../asker.ts';
import { askAboveSome, costOf } from '../cost.ts';
import { each } from '../each.ts';
import { UsageError } from '../faults.ts';
import { openExport } from '../localExport.ts';
import { createBar, interruption } from '../progress.ts';
import { plain } from '../table.ts';
import { chosenModel, visionSettings } from './chosenModel.ts';
import { openDrawings } from './drawings.ts';
import { type NamedPicture, namedPictures } from './pictures.ts';
import { failureLines, predictionTable } from './report.ts';
import { scoreNamed } from './score.ts';

export type PredictOptions = Limits & {
  model?: string;
  /** A file, folder or zip on this machine, in place of a model of the settings. */
  export?: string;
  svg?: string;
  concurrency: number;
  json?: boolean;
  yes?: boolean;
};

type Asked = { model: Model; ask: AskModel; notices: readonly string[]; close(): Promise<void> };

/** Scores pictures and tells what was seen. Resolves with the exit code. */
export async function predict(args: readonly string[], options: PredictOptions): Promise<number> {
  const { model: name, export: path, svg, concurrency, json, yes, ...limits } = options;
  if (name !== undefined && path !== undefined)
    throw new UsageError('Expected --model or --export, got both.', 'Leave one of them out.');
  const pictures = await namedPictures(args);
  const { model, ask, notices, close } = path === undefined ? openModel(name) : await openExport(path);
  try {
    for (const notice of notices) console.error(plain(notice));
    return await predictAll(pictures, { svg, concurrency, json, yes, limits, model, ask });
  } finally {
    await close();
  }
}

function openModel(name: string | undefined): Asked {
  const { models, identity } = visionSettings();
  return { model: chosenModel(models, name), notices: [], ...openAsker(identity) };
}

type All = Pick<PredictOptions, 'concurrency'> & {
  svg: string | undefined;
  json: boolean | undefined;
  yes: boolean | undefined;
  limits: Limits;
  model: Model;
  ask: AskModel;
};

async function predictAll(
  pictures: readonly NamedPicture[],
  { svg, concurrency, json, yes, limits, model, ask }: All,
): Promise<number> {
  const signal = interruption();
  const ended = await askAboveSome(costOf([model], pictures.length), yes, signal);
  if (ended) return ended;
  const drawings = svg === undefined ? undefined : await openDrawings(svg);
  const bar = createBar(pictures.length);
  const documents = new Map<string, PredictionDocument>();
  let undrawn = 0;

  async function one(picture: NamedPicture): Promise<void> {
    const scored = await scoreNamed(ask, model, picture, limits, signal);
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
  const same = isExport(model)
    ? saturation(done.flatMap(({ results }) => results.map((each) => each.predictions)))
    : undefined;
  if (same) console.error(`Warning: ${plain(same)}`);
  if (finished) return failures.length > 0 ? 1 : 0;
  console.error(`Interrupted after ${done.length} of ${pictures.length} pictures.`);
  return 130;
}
