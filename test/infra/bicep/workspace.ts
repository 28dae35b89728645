import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from '../files.ts';
import type { Bicep } from './compiler.ts';
import { graphTypes } from './graphTypes.ts';

const TOOLS = fileURLToPath(new URL('../../../.tools', import.meta.url));
const EXTENSION = /"br:mcr\.microsoft\.com\/bicep\/extensions\/microsoftgraph\/[^"]+"/u;

/** A copy of the infrastructure for the compiler, in which a file may be changed. */
export type Workspace = {
  at(path: string): string;
  write(path: string, text: string): void;
  [Symbol.dispose](): void;
};

/** With BICEP_ONLINE=1 the Graph extension is fetched from its registry, otherwise our own words of its types serve. */
export function openWorkspace(bicep: Bicep, files: Files): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'keyless-infra-'));
  const at = (path: string) => join(root, path);
  const online = process.env.BICEP_ONLINE === '1';
  const write = (path: string, text: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), online ? text : text.replace(EXTENSION, '"./microsoftgraph.tgz"'));
  };
  for (const [path, text] of files) write(path, text);
  if (!online) copyFileSync(graphExtension(bicep), at('infra/entra/microsoftgraph.tgz'));
  return { at, write, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

/** Made once: the compiler takes seconds for it. */
function graphExtension({ path, version }: Bicep): string {
  const { index, types } = graphTypes();
  const texts = { index: JSON.stringify(index), types: JSON.stringify(types) };
  const hash = createHash('sha256')
    .update(JSON.stringify([version, texts]))
    .digest('hex')
    .slice(0, 12);
  const made = join(TOOLS, `microsoftgraph-${hash}.tgz`);
  if (existsSync(made)) return made;
  mkdirSync(TOOLS, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'keyless-graph-'));
  try {
    for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, `${name}.json`), text);
    const target = `${made}.${process.pid}`; // another process may be looking for it
    execFileSync(path, ['publish-extension', join(folder, 'index.json'), '--target', target, '--force'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    renameSync(target, made);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return made;
}
