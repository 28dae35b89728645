import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClosing } from './closing.ts';
import { startDesk } from './desk.ts';
import { readLocalModels } from './models.ts';
import { LOCAL_FUNCTION_KEY, startStack } from './stack.ts';

const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;

/**
 * A file that a POSIX shell reads with `. <path>`, so that commands typed there find what runs here. Readable by its
 * owner alone, and gone when closed: it holds the identity header and the emulator’s key.
 */
async function writeEnvironmentFile(
  environment: Readonly<Record<string, string>>,
): Promise<{ path: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'keyless-local-'));
  const path = join(folder, 'environment');
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return { path, close: () => rm(folder, { recursive: true, force: true }) };
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_534) {
  throw new Error(`--port: expected a number from 0 to 65534, got ${values.port}.`);
}

const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());

const closing = createClosing();
try {
  console.log('Starting Azurite, the identity endpoint, the prediction server and the functions host …');
  const stack = closing.add(
    await startStack({
      trainingPictures: { count: 12 },
      models: readLocalModels(process.env.LOCAL_MODELS),
      notify: (to) => [
        { when: { tags: ['lemon'], probability: 0.6 }, to: to.api },
        { to: to.topic },
        { to: to.mail, period: 'PT6M' },
      ],
    }),
  );
  const host = await stack.startHost({
    port,
    pollIntervalMs: 500,
    settings: { RECONCILE_SCHEDULE: '0 */5 * * * *' },
    onLog: ({ level, message }) =>
      console.log(`${new Date().toISOString().slice(11, 19)} ${level.padEnd(11)} ${message}`),
  });
  const desk = closing.add(await startDesk(stack.uploader, port === 0 ? 0 : port + 1, stack.targets));
  const environment = closing.add(await writeEnvironmentFile(stack.commandEnvironment));
  const picture = 'local/samples/pictures/apple.jpg';
  console.log(`
The app             ${host.url}
The page            ${host.url}/api/ui (its key: ${LOCAL_FUNCTION_KEY})
Who is told         ${desk.origin}/outbox (mails, events, calls of an API; NOTIFY in the environment below)
Identity endpoint   ${stack.identity.url}
Prediction server   ${stack.prediction.url}
Training API        ${stack.training.url} (npm run keyless -- projects, take-home fruit)
Blob storage        ${stack.azurite.blobServiceUri} (tokens; container images → predictions)

Post a picture      curl --data-binary @${picture} -H 'x-functions-key: ${LOCAL_FUNCTION_KEY}' ${host.url}/api/predict/fruit
Drop a picture      curl -T ${picture} ${desk.origin}/images/fruit/apple.jpg
Read its document   curl ${desk.origin}/predictions/fruit/apple.jpg.json
Run a command       (. ${environment.path}; npm run -s keyless -- doctor)

Ctrl-C stops everything.
`);
  if (!stopped.signal.aborted) {
    await Promise.race([once(stopped.signal, 'abort'), host.exited.then(() => stopped.abort())]);
  }
} finally {
  await closing.close();
}
