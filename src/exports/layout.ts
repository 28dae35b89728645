import { posix } from 'node:path';
import { KeylessError } from '../errors/errors.ts';
import type { ExportFile } from './exportFiles.ts';
import { MANIFEST, type Manifest, readManifest } from './manifest.ts';
import { PROPERTIES } from './properties.ts';

/** Which file of an export is which. */
export type Layout = {
  manifest: Manifest;
  manifestFile?: ExportFile;
  model?: ExportFile;
  labels?: ExportFile;
  properties?: ExportFile;
  /** What the files are for, where it is another runtime. */
  foreign?: string;
};

/** What tells another runtime, by the names of files. */
const FOREIGN: readonly [RegExp, string][] = [
  [/(^|\/)saved_model\.pb$/u, 'a TensorFlow SavedModel'],
  [/\.tflite$/u, 'a TensorFlow Lite export'],
  [/(^|\/)(model\.json|weights\.bin)$/u, 'a TensorFlow.js export'],
  [/\.pb$/u, 'a TensorFlow export'],
  [/\.(mlmodel|mlpackage)$/u, 'a Core ML export'],
  [/\.dlc$/u, 'an export for the Vision AI Dev Kit'],
  [/\.(xml|bin)$/u, 'an OpenVINO export'],
];

/** Finds the parts of an export among its files, which may lie in a folder of it. Throws ExportInvalid. */
export async function layoutOf(files: readonly ExportFile[]): Promise<Layout> {
  const nearest = files.toSorted((a, b) => depth(a) - depth(b) || (a.path < b.path ? -1 : 1));
  const manifestFile = nearest.find(({ path }) => posix.basename(path) === MANIFEST);
  const manifest = await readManifest(manifestFile);
  const model = modelAmong(nearest, manifestFile, manifest);
  const root = posix.dirname((manifestFile ?? model ?? nearest[0])?.path ?? '');
  const beside = (name: string | null | undefined) =>
    name ? nearest.find(({ path }) => path === posix.join(root, name)) : undefined;
  const labels = beside(manifest.labelFile) ?? beside('labels.txt') ?? beside('labels.json');
  const properties = beside(manifest.metadataFile) ?? beside(PROPERTIES);
  const foreign = model ? undefined : foreignOf(nearest, manifest);
  return {
    manifest,
    ...(manifestFile && { manifestFile }),
    ...(model && { model }),
    ...(labels && { labels }),
    ...(properties && { properties }),
    ...(foreign && { foreign }),
  };
}

const depth = ({ path }: ExportFile): number => path.split('/').length;

/** The one the manifest names, model.onnx, or the only one; a file by itself is one whatever its name, if no other runtime’s. */
function modelAmong(
  files: readonly ExportFile[],
  manifestFile: ExportFile | undefined,
  { modelFile }: Manifest,
): ExportFile | undefined {
  const [only] = files;
  if (only && files.length === 1 && !manifestFile && !FOREIGN.some(([names]) => names.test(only.path)))
    return only;
  const models = files.filter(({ path }) => /\.onnx$/iu.test(path));
  const named = models.find(
    ({ path }) =>
      modelFile && manifestFile && path === posix.join(posix.dirname(manifestFile.path), modelFile),
  );
  const usual = named ?? models.find(({ path }) => posix.basename(path) === 'model.onnx');
  if (usual || models.length < 2) return usual ?? models[0];
  throw new KeylessError(
    'ExportInvalid',
    `Expected one model, found ${models.length}: ${models
      .slice(0, 5)
      .map(({ path }) => path)
      .join(', ')}.`,
    { fix: 'Name the .onnx file itself, or call the one that is meant model.onnx.' },
  );
}

function foreignOf(
  files: readonly ExportFile[],
  { platform, flavor, modelFile }: Manifest,
): string | undefined {
  if (/docker/iu.test(platform ?? '')) return 'a Docker export, which holds a TensorFlow model';
  for (const [names, what] of FOREIGN) {
    if (files.some(({ path }) => names.test(path)) || names.test(modelFile ?? '')) return what;
  }
  if (!platform || /onnx/iu.test(platform)) return undefined;
  return `an export for ${platform}${flavor ? ` (${flavor})` : ''}`;
}
