import { fileURLToPath } from 'node:url';
import { trainClassifier } from './classifier.ts';
import { trainDetector } from './detector.ts';
import type { SampleExport } from './sampleExport.ts';
import type { TrainOptions } from './trainer.ts';

export type Sample = SampleExport & { train(options: TrainOptions): Promise<Uint8Array> };

const folder = (name: string) => fileURLToPath(new URL(`../samples/${name}`, import.meta.url));

const readme = (title: string, what: string, quality: string) => `# ${title}

${what}

It knows apple, banana, strawberry, grapes and lemon, and has the files and the signature of a Custom Vision ONNX
export, so that the local prediction server reads it as it reads an export of your own.

Origin: trained by this project, on pictures this project draws; no photograph and no weight came from anywhere else.
\`npm run train:sample\` draws the pictures and trains it again (minutes, no network); with \`-- --check\` it says whether
the result is the committed file.

${quality}

Limits: it has only ever seen drawn fruits. Do not expect anything sensible for photographs; it is here to give the
local setup a model that looks at the pixels.
`;

export const samples: Sample[] = [
  {
    directory: folder('fruit'),
    domainType: 'Classification',
    iterationId: '6f0a1c52-3d84-4b7e-9a15-2c8e7d40b361',
    readme: readme(
      'Sample classifier: fruit',
      'Says which fruit a picture shows.',
      'On drawings it was not trained on, about 97 of 100 answers are right.',
    ),
    train: trainClassifier,
  },
  {
    directory: folder('fruit-boxes'),
    domainType: 'ObjectDetection',
    iterationId: 'b83d5e97-71c6-4f02-8d2b-90ae4c6f15d8',
    readme: readme(
      'Sample detector: fruit-boxes',
      'Says which fruits a picture shows and where.',
      'On drawings it was not trained on, its average precision (AP50) is about 97 %.',
    ),
    train: trainDetector,
  },
];
