import type { Entry } from './entry.ts';

const RECIPES = 'docs/exports.md has the recipes';

/** Exports of Custom Vision that run in the app itself. */
export const exportErrors = {
  ExportMissing: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The export is not in the models container',
    cause: 'The settings name an export that MODELS_CONTAINER of the picture account does not hold.',
    fix: 'npm run keyless -- models upload <export> --name <name>; then: npm run keyless -- retry --code ExportMissing',
  },
  ExportInvalid: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The export cannot be read',
    cause:
      'The file is no ONNX export, is damaged, or its parts are not of one export; the detail tells which part.',
    fix: 'Try the file by itself: npm run keyless -- predict --export <export> <picture>; the zip as downloaded is read as it is.',
  },
  ExportTooOld: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The export is of the generation before ONNX 1.2',
    cause: 'Exports of spring 2018 (operator set 1) are run by no runtime of today.',
    fix: `Convert the same iteration’s TensorFlow export with tf2onnx, or an upgraded copy of this file: ${RECIPES}.`,
  },
  ExportNotOnnx: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The export is for another runtime than ONNX',
    cause:
      'TensorFlow, TensorFlow Lite, TensorFlow.js, Core ML, OpenVINO and Docker exports hold no ONNX model.',
    fix: `Convert it with tf2onnx, which takes seconds (${RECIPES}), or export the iteration as ONNX while the portal is there.`,
  },
  ExportKindUnknown: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The model answers in a form that is not read',
    cause: 'Its inputs or outputs are not those of an export that this app knows; the detail lists them.',
    fix: `Known are Custom Vision’s classifiers and detectors as ONNX, and AutoML’s classifiers: ${RECIPES}.`,
  },
  ExportTooLarge: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The export takes more memory than this instance has for it',
    cause: 'A model stays in memory as long as the app runs, beside the pictures.',
    fix: 'Run the app on instances with more memory, or take a smaller export (compact domain, float16).',
  },
  ExportChanged: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The export was replaced while it was read',
    cause: 'Somebody uploaded a new one at this moment.',
    fix: 'Nothing to do: the picture is tried again, with the new one.',
  },
  ExportCrashed: {
    status: 503,
    fault: 'service',
    transient: true,
    title: 'The thread of the model ended',
    cause:
      'The runtime ended while it worked, most often for want of memory; it is started anew at the next picture.',
    fix: 'Try again; if it stays, run the app on instances with more memory.',
  },
  ExportTimeout: {
    status: 504,
    fault: 'service',
    transient: true,
    title: 'The model did not answer in time',
    cause: 'Too many pictures waited for it, or the instance is too slow for a model of this size.',
    fix: 'Try again; for many pictures, let the app scale out, or take larger instances.',
  },
  RuntimeMissing: {
    status: 503,
    fault: 'operator',
    transient: false,
    title: 'The runtime for exports cannot be loaded',
    cause:
      'The package onnxruntime-node is missing, or was installed on another platform than the one the app runs on. Models of the service are scored all the same.',
    fix: 'Deploy the package that this makes: npm run package -- --with-runtime. It holds the runtime for Linux x64, whatever machine makes it.',
  },
} as const satisfies Record<string, Entry>;
