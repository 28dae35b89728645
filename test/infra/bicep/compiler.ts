import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';

export type Diagnostic = {
  source: string;
  range: { start: { line: number; char: number } };
  level: string;
  code: string;
  message: string;
};
/** Where a deployment would go to: what a snapshot needs to know beside the parameters. */
export type Scope = { tenantId: string; subscriptionId: string; location: string; resourceGroup?: string };
/** One process of the compiler, which is warm after the first file. */
export type Bicep = {
  path: string;
  version: string;
  compile(path: string): Promise<{ success: boolean; diagnostics: Diagnostic[] }>;
  compileParameters(path: string, values: Record<string, unknown>): Promise<{ diagnostics: Diagnostic[] }>;
  /** What deploying a .bicepparam file would make, as JSON; rejects where it does not compile. */
  snapshot(path: string, scope: Scope): Promise<string>;
  graph(path: string): Promise<{ edges: { source: string; target: string }[] }>;
  [Symbol.dispose](): void;
};

const FETCHED = fileURLToPath(new URL('../../../.tools', import.meta.url));

/** $BICEP_PATH, what .ci/bicep fetched, or the one on the PATH. */
export function findBicep(): string | undefined {
  const { BICEP_PATH, PATH = '' } = process.env;
  const places = BICEP_PATH
    ? [BICEP_PATH]
    : [FETCHED, ...PATH.split(delimiter)].map((each) => join(each, 'bicep'));
  return places.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Speaks with the compiler as its own clients do: https://github.com/Azure/bicep, src/Bicep.Cli/Rpc */
export async function startBicep(path: string): Promise<Bicep> {
  const child = spawn(path, ['jsonrpc', '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, DOTNET_TieredPGO: '0' }, // it runs too short for that to pay
  });
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${path} ended with ${code}.`)));
  });
  failed.catch(() => {});
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.listen();
  const ask = <T>(method: string, request: object): Promise<T> =>
    Promise.race([connection.sendRequest<T>(`bicep/${method}`, request), failed]);
  const { version } = await ask<{ version: string }>('version', {});
  const bicep: Bicep = {
    path,
    version,
    compile: (file) => ask('compile', { path: file }),
    compileParameters: (file, values) => ask('compileParams', { path: file, parameterOverrides: values }),
    async snapshot(file, metadata) {
      try {
        return (await ask<{ snapshot: string }>('getSnapshot', { path: file, metadata })).snapshot;
      } catch (cause) {
        const { diagnostics } = await bicep.compileParameters(file, {}); // the refusal itself does not say why
        throw new Error(diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'), { cause });
      }
    },
    graph: (file) => ask('getDeploymentGraph', { path: file }),
    [Symbol.dispose]() {
      connection.dispose();
      child.kill();
    },
  };
  return bicep;
}
