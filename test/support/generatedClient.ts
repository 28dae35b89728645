import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import openapiTypescript from 'openapi-typescript';

const run = promisify(execFile);
const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const COMPILER = [
  '--noEmit',
  '--strict',
  '--skipLibCheck',
  '--target',
  'es2024',
  '--module',
  'nodenext',
  '--types',
  'node',
  '--allowImportingTsExtensions',
];

/** What a caller writes over the client that is generated from the document. */
const CALLER = `
import createClient from 'openapi-fetch';
import { readFile } from 'node:fs/promises';
import type { components, paths } from './generated.ts';

const [baseUrl = '', key = '', file = '', name = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { 'x-functions-key': key } });
const picture = await readFile(file);

const scored = await client.POST('/predict/{model}', {
  params: { path: { model: 'fruit' }, query: { top: 2, threshold: 1e-7 } },
  body: '',
  bodySerializer: () => picture,
  headers: { 'content-type': 'image/jpeg' },
});
const document = scored.data as components['schemas']['PredictionDocument'];
const found = await client.GET('/predictions/{name}', { params: { path: { name } } });
const missing = await client.GET('/predictions/{name}', { params: { path: { name: 'nothing' } } });
const code: components['schemas']['Problem']['code'] | undefined = missing.error?.code;
// @ts-expect-error the query is typed: there is no such format
void client.GET('/predictions/{name}', { params: { path: { name }, query: { format: 'jpg' } } });

console.log(JSON.stringify({
  error: scored.error,
  tag: document.results[0]?.accepted[0]?.tagName,
  threshold: document.results[0]?.threshold,
  name: (found.data as components['schemas']['PredictionDocument']).image.name,
  code,
}));
`;

/** Generates a client, has the compiler check a caller over it, and runs that caller; its answer is what it printed. */
export async function runGeneratedClient(document: object, ...args: string[]): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'keyless-client-'));
  try {
    await symlink(MODULES, join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(
      join(folder, 'generated.ts'),
      await openapiTypescript(JSON.parse(JSON.stringify(document))),
    );
    await writeFile(join(folder, 'caller.ts'), CALLER);
    await run(join(MODULES, '.bin/tsc'), [...COMPILER, 'caller.ts'], { cwd: folder }).catch((error) => {
      throw new Error(`The compiler refuses a caller of the generated client: ${error.stdout}`);
    });
    const { stdout } = await run(process.execPath, ['caller.ts', ...args], { cwd: folder });
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
