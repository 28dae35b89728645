import { createHash } from 'node:crypto';
import { KeylessError } from '../errors/errors.ts';
import { type ExportPrediction, type Task, tagsOf, toPredictions } from './answer.ts';
import { contradictions, METHOD } from './contradictions.ts';
import { type ExportSource, exportFiles, readModelFile } from './exportFiles.ts';
import { chooseKind } from './exportKind.ts';
import { readLabels } from './labels.ts';
import { type Layout, layoutOf } from './layout.ts';
import { type OnnxModel, readModel, textsAttribute } from './onnxModel.ts';
import { decidePixels, type Pixels } from './pixels.ts';
import type { Prepared } from './prepare.ts';
import { readProperties } from './properties.ts';
import { makeRunnable } from './runnable.ts';
import { openSession, type Session } from './runtime.ts';
import { stableUuid } from './stableUuid.ts';
import { tensorOf } from './tensor.ts';

/** What is known of an export once it is loaded. */
export type About = {
  task: Task;
  /** The kind of export, for people. */
  kind: string;
  tagNames: readonly string[];
  /** As it takes a picture. */
  pixels: Pixels;
  iterationId: string;
  /** Of the file as it came: the zip, or the model of a folder. */
  sha256: string;
  /** What the export does not tell and was decided by rule, and where its parts do not agree. */
  notices: readonly string[];
};

export type LoadedExport = About & {
  /** Of a picture that `prepare` made for its `pixels`; highest probability first. */
  score(picture: Prepared): Promise<ExportPrediction[]>;
  close(): Promise<void>;
};

/** Asked before a model is read, with the bytes that it takes as long as it is loaded. */
export type AdmitModel = (bytes: number) => Promise<void>;

/** Operator sets before this one are run by no runtime of today. */
const LEAST_OPSET = 7;
/** Weights, their packed copies, the file while it is read, and what a run holds; measured by npm run bench. */
const MEMORY = { base: 32 * 1024 * 1024, factor: 4 };

/**
 * Reads an export of any form and opens its model. The runtime blocks the event loop while it computes: what must not be
 * blocked takes startExportThread instead. Rejects with what the export has and what is expected when it cannot be used.
 */
export async function loadExport(
  source: ExportSource,
  admit: AdmitModel = async () => {},
): Promise<LoadedExport> {
  try {
    return await load(source, admit);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    // foreign bytes may break off anywhere, also in what is read of them late
    throw new KeylessError('ExportInvalid', `The model cannot be read: ${thrown.message}`, { cause: thrown });
  }
}

async function load(source: ExportSource, admit: AdmitModel): Promise<LoadedExport> {
  const layout = await layoutOf(await exportFiles(source));
  const { model: modelFile } = layout;
  if (!modelFile) throw await refusal(layout);
  await admit(MEMORY.base + MEMORY.factor * modelFile.bytes);
  const file = await readModelFile(modelFile);
  const model = readModel(file);
  if (model.opset < LEAST_OPSET) {
    throw new KeylessError(
      'ExportTooOld',
      `${modelFile.path} is of operator set ${model.opset}, from before ONNX 1.2; ${LEAST_OPSET} is the oldest that runs.`,
    );
  }
  const { labels, notices: labelNotices } = await labelsOf(layout, model);
  const runnable = makeRunnable(file, model);
  const session = await openSession(runnable.file);
  try {
    return await assemble(session, runnable.outputs, { layout, model, labels, labelNotices, file, source });
  } catch (error) {
    await session.close();
    throw error;
  }
}

type Parts = {
  layout: Layout;
  model: OnnxModel;
  labels: string[];
  labelNotices: string[];
  file: Buffer;
  source: ExportSource;
};

async function assemble(
  session: Session,
  asked: { name: string; fetch: string }[],
  { layout, model, labels, labelNotices, file, source }: Parts,
): Promise<LoadedExport> {
  const { manifest } = layout;
  const properties = await readProperties(model.metadata, layout.properties);
  const outputs = asked.flatMap(({ name, fetch }) =>
    session.outputs.filter((output) => output.name === fetch).map((output) => ({ ...output, own: name })),
  );
  const fromAutoMl = layout.labels?.path.endsWith('.json') ?? false;
  const kind = chooseKind({ outputs, model, properties, labels, fromAutoMl });
  const { pixels, notices } = decidePixels(session.inputs, kind.rule, properties);
  const tags = tagsOf(labels);
  // of the last picture: fresh memory for each would cost as much as filling it
  let spare: Float32Array | undefined;
  return {
    task: kind.task,
    kind: kind.name,
    tagNames: labels,
    pixels,
    iterationId: manifest.iterationId ?? stableUuid(file),
    sha256: sha256('bytes' in source ? source.bytes : file),
    notices: [
      ...contradictions(manifest, properties.get(METHOD), kind.task),
      ...labelNotices,
      ...properties.notices,
      ...kind.notices,
      ...notices,
    ],
    async score(picture) {
      const { data, dims } = tensorOf(picture, pixels, spare);
      spare = undefined; // while the model reads it
      const results = await session.run(pixels.input, data, [pixels.batch, ...dims.slice(1)], kind.fetches);
      spare = data;
      return toPredictions(kind.readScores(results), tags, picture.shown);
    },
    close: session.close,
  };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** In the model where it has a ZipMap, which is what its answers are ordered by; else beside it. */
async function labelsOf(
  { labels: file, model: modelFile }: Layout,
  { nodes }: OnnxModel,
): Promise<{ labels: string[]; notices: string[] }> {
  const zipMap = nodes.find(({ operator }) => operator === 'ZipMap');
  const inModel = zipMap ? textsAttribute(zipMap, 'classlabels_strings') : [];
  if (inModel.length > 0) {
    const beside = file ? await readLabels(file) : inModel;
    const differ = beside.join('\n') !== inModel.join('\n');
    const notice = `${file?.path} names other tags than the model itself: the model’s count.`;
    return { labels: inModel, notices: differ ? [notice] : [] };
  }
  if (file) return { labels: await readLabels(file), notices: [] };
  throw new KeylessError(
    'ExportInvalid',
    `${modelFile?.path ?? 'The model'} has no labels in it, and none beside it.`,
    {
      fix: 'Put labels.txt beside the model, in a folder or a zip: one tag a line, in the order of the model’s answers. Each of the project’s exports has it.',
    },
  );
}

/** For an export without an ONNX model: what it is instead, and what its parts say of it. */
async function refusal({ foreign, manifest, properties: file }: Layout): Promise<KeylessError> {
  const properties = await readProperties(new Map(), file);
  const notices = contradictions(manifest, properties.get(METHOD)).map((notice) => ` ${notice}`);
  if (foreign) return new KeylessError('ExportNotOnnx', [`This is ${foreign}.`, ...notices].join(''));
  const missing = `There is no model in it: ${manifest.modelFile ?? 'model.onnx'} is missing.`;
  return new KeylessError('ExportInvalid', [missing, ...notices].join(''), {
    fix: 'Name an ONNX export: the zip as downloaded, its unpacked folder, or its .onnx file.',
  });
}
