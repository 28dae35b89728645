import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificate.ts';

/** The account every Azure storage emulator has; its key is published and opens nothing else:
 * https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key */
export const EMULATOR_ACCOUNT = 'devstoreaccount1';
export const EMULATOR_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

export type Azurite = {
  blobServiceUri: string;
  queueServiceUri: string;
  /** The emulator's own shared-key connection string. */
  connectionString: string;
  close(): Promise<void>;
};

const SERVICES = ['Blob', 'Queue', 'Table'] as const;
const START_TIMEOUT_MS = 60_000;
/** Its own 5 s end connections just as a client sends the next request on them, at times. */
const KEEP_ALIVE_S = '600';

/**
 * Starts Azurite in memory, in a child process, on ports the system chooses.
 * With a certificate it serves HTTPS and takes bearer tokens too (it reads a token but does not check its signature).
 */
export async function startAzurite(options: { certificate?: Certificate } = {}): Promise<Azurite> {
  const workspace = await mkdtemp(join(tmpdir(), 'keyless-azurite-'));
  const { certificate } = options;
  const child = spawn(
    process.execPath,
    [
      createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js'),
      ...SERVICES.flatMap((service) => [
        ...[`--${service.toLowerCase()}Port`, '0'],
        ...[`--${service.toLowerCase()}KeepAliveTimeout`, KEEP_ALIVE_S],
      ]),
      '--inMemoryPersistence',
      '--disableTelemetry',
      '--skipApiVersionCheck',
      '--silent',
      ...(certificate
        ? ['--oauth', 'basic', '--cert', certificate.certificatePath, '--key', certificate.keyPath]
        : []),
    ],
    { cwd: workspace, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // Were this process to die first, an orphan would hold its ports and pipes for ever.
  const killOnExit = () => {
    child.kill('SIGKILL');
    rmSync(workspace, { recursive: true, force: true });
  };
  process.once('exit', killOnExit);
  const gone = once(child, 'exit');

  const close = async () => {
    process.off('exit', killOnExit);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await gone;
    }
    await rm(workspace, { recursive: true, force: true });
  };

  try {
    const ports = await listeningPorts(child);
    const address = (service: string) =>
      `${certificate ? 'https' : 'http'}://127.0.0.1:${ports.get(service)}/${EMULATOR_ACCOUNT}`;
    const [blobServiceUri, queueServiceUri] = [address('Blob'), address('Queue')];
    return {
      blobServiceUri,
      queueServiceUri,
      connectionString:
        `DefaultEndpointsProtocol=${certificate ? 'https' : 'http'};AccountName=${EMULATOR_ACCOUNT};AccountKey=${EMULATOR_KEY};` +
        `BlobEndpoint=${blobServiceUri};QueueEndpoint=${queueServiceUri};TableEndpoint=${address('Table')};`,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Azurite tells its ports only in words: "Azurite Blob service is successfully listening at http://127.0.0.1:41001". */
function listeningPorts(child: ReturnType<typeof spawn>): Promise<Map<string, number>> {
  return new Promise((resolve, reject) => {
    const ports = new Map<string, number>();
    let output = '';
    const timer = setTimeout(
      () => reject(new Error(`Azurite did not start within ${START_TIMEOUT_MS / 1000} s: ${output}`)),
      START_TIMEOUT_MS,
    );
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      for (const [, service, port] of output.matchAll(
        /Azurite (\w+) service is successfully listen\w+ (?:at|on) \S+:(\d+)/g,
      )) {
        if (service && port) ports.set(service, Number(port));
      }
      if (SERVICES.every((service) => ports.has(service))) {
        clearTimeout(timer);
        resolve(ports);
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`Azurite ended with exit code ${code} before it listened: ${output}`));
    });
  });
}
