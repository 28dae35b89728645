import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { drawPicture, type Picture } from './drawing/picture.ts';
import { SAMPLE_MODELS } from './models.ts';
import { LOCAL_FUNCTION_KEY, type Stack, startStack } from './stack.ts';
import { waitFor } from './waiting.ts';

type Document = {
  status: string;
  results: {
    export?: { name: string };
    predictions: { tagName: string; probability: number }[];
    attempts: number;
    durationMs: number;
  }[];
  error?: { code: string; detail: string };
};
type Row = { name: string; picture: Picture; document: Document };

/** Seeds that the sample models never saw. */
const FIRST_SEED = 70_000_001;
const FRUITS = 6;
const BASKETS = 4;
/** The first of the fruits again, scored without the service. */
const EXPORTED = 3;

const started = performance.now();
const step = (text: string) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${text}`);

async function demo(): Promise<void> {
  step('Starting Azurite, the identity endpoint and the prediction server');
  const stack = await startStack();
  try {
    step(`Storage at ${stack.azurite.blobServiceUri}, tokens only`);
    const host = await stack.startHost({ pollIntervalMs: 200, settings: await withExport(stack) });
    step(
      'The same classifier lies in the container models, as the zip that the portal gives: it runs in the app itself',
    );
    step(`dist/main.cjs runs at ${host.url} (${host.functions.join(', ')})`);
    const pictures = await draw();
    step(`Dropping ${pictures.length} freshly drawn pictures into the container images`);
    await Promise.all(pictures.map(({ name, picture }) => stack.uploader.drop(name, picture.jpeg)));
    const rows = await Promise.all(pictures.map((drawn) => collect(stack, drawn)));
    step('Every picture has its document in the container predictions; posting one more over HTTP');
    rows.push(await post(host.url));
    await host.stop();
    step('Done');
    printTable(rows);
    printTokens(stack);
    if (rows.some(({ document }) => document.status !== 'succeeded')) process.exitCode = 1;
  } finally {
    await stack.close();
  }
}

/** The settings with one more model: an export in the container of the models. */
async function withExport({ uploader, settings }: Stack): Promise<Record<string, string>> {
  const zip = new ZipFile();
  for (const file of ['model.onnx', 'labels.txt', 'cvexport.manifest'])
    zip.addBuffer(readFileSync(`${SAMPLE_MODELS.fruit}/${file}`), file);
  zip.end();
  const container = uploader.container('models');
  await container.createIfNotExists();
  await container.getBlockBlobClient('fruit.zip').uploadData(await buffer(zip.outputStream));
  const models = JSON.parse(settings.VISION_MODELS ?? '{}') as Record<string, unknown>;
  const own = { export: 'fruit.zip', task: 'classify', paths: ['exported/**'] };
  return { VISION_MODELS: JSON.stringify({ ...models, exported: own }) };
}

function draw(): Promise<{ name: string; picture: Picture }[]> {
  const fruits = Array.from({ length: FRUITS }, async (_, index) => ({
    name: `fruit/${index + 1}.jpg`,
    picture: await drawPicture(FIRST_SEED + index),
  }));
  const exported = Array.from({ length: EXPORTED }, async (_, index) => ({
    name: `exported/${index + 1}.jpg`,
    picture: await drawPicture(FIRST_SEED + index),
  }));
  const baskets = Array.from({ length: BASKETS }, async (_, index) => ({
    name: `boxes/${index + 1}.jpg`,
    picture: await drawPicture(FIRST_SEED + 1000 + index, { count: 3 }),
  }));
  return Promise.all([...fruits, ...exported, ...baskets]);
}

async function collect(
  { uploader }: Stack,
  { name, picture }: { name: string; picture: Picture },
): Promise<Row> {
  const text = await waitFor(`the document of ${name}`, () => uploader.document(name), 90_000, 100);
  return { name, picture, document: JSON.parse(text) as Document };
}

async function post(url: string): Promise<Row> {
  const picture = await drawPicture(FIRST_SEED + 2000);
  const answer = await fetch(`${url}/api/predict/fruit`, {
    method: 'POST',
    headers: { 'content-type': 'image/jpeg', 'x-functions-key': LOCAL_FUNCTION_KEY },
    body: new Uint8Array(picture.jpeg),
  });
  const document = (await answer.json()) as Document & { code?: string; detail?: string };
  if (!answer.ok)
    throw new Error(`POST /api/predict/fruit answered ${answer.status} ${document.code}: ${document.detail}`);
  return { name: 'POST /api/predict/fruit', picture, document };
}

function printTable(rows: Row[]): void {
  const cells = rows.map(({ name, picture, document }) => {
    const [result] = document.results;
    const top = result?.predictions[0];
    return [
      name,
      result ? (result.export ? 'the app' : 'the service') : '',
      picture.boxes.map((box) => box.tagName).join(', '),
      top?.tagName ?? document.error?.code ?? 'nothing',
      top ? `${(top.probability * 100).toFixed(1)} %` : '',
      result ? `${result.durationMs} ms` : '',
      String(result?.attempts ?? ''),
    ];
  });
  const table = [['picture', 'scored by', 'shows', 'top tag', 'probability', 'time', 'attempt'], ...cells];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  console.log();
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  const right = rows.filter(({ picture, document }) =>
    picture.boxes.some((box) => box.tagName === document.results[0]?.predictions[0]?.tagName),
  );
  console.log(`\n${right.length} of ${rows.length} top tags are of a fruit that was drawn.`);
}

/** Counted at the identity endpoint; the functions host beside the app asks for a token of its own, as in Azure. */
function printTokens({ identity }: Stack): void {
  const resources = ['https://cognitiveservices.azure.com', 'https://storage.azure.com'];
  const counts = resources.map((resource) => `${identity.count(resource, 'app')} for ${resource}`);
  console.log(`tokens requested: ${counts.join(', ')}`);
  console.log(
    `(and ${identity.count(undefined, 'functions host')} by the functions host itself, to read the container)`,
  );
}

await demo();
