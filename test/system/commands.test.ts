import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../local/waiting.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(`${root}/README.md`, 'utf8');
/** Temporary files of the commands of this test alone. */
const temporary = mkdtempSync(join(tmpdir(), 'commands-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));
/** Node keeps a cache of stripped modules there when it is told to; that is not the app’s. */
const leftovers = () => readdirSync(temporary).filter((name) => name !== 'node-compile-cache');

/** The processes of a group, by what Linux tells of them. */
function processesOf(group: number): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/u.test(entry) || !existsSync(`/proc/${entry}/stat`)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return stat[2] === String(group) && stat[0] !== 'Z';
    } catch {
      return false; // it ended while it was looked at
    }
  });
}

/** Runs a script of the repository in a process group of its own, as a terminal does. */
function run(args: string[]) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  return { child, exited, group: child.pid ?? 0, output: () => output };
}

/** A command of the README, with the ports that were free instead of the printed ones. */
function readmeCommand(start: string, ports: Record<string, string>): string {
  const line = readme.split('\n').find((each) => each.startsWith(start)) ?? '';
  return Object.entries(ports).reduce((text, [from, to]) => text.replaceAll(from, to), line);
}

async function shell(command: string): Promise<string> {
  const child = spawn('bash', ['-c', command], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  return output;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

describe('npm run demo', () => {
  it('scores what it draws with one token for each resource, ends with 0 and leaves nothing', async () => {
    // Azurite’s own ports being taken changes nothing
    for (const port of [10_000, 10_001, 10_002]) {
      const server = createServer();
      closing.push(() => server.close());
      await new Promise<void>((resolve) =>
        server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve),
      );
    }
    const demo = run(['local/demo.ts']);
    const [code] = await demo.exited;
    expect(demo.output()).toContain(
      'tokens requested: 1 for https://cognitiveservices.azure.com, 1 for https://storage.azure.com',
    );
    const [, right = 0, all = 0] = /(\d+) of (\d+) top tags/u.exec(demo.output())?.map(Number) ?? [];
    expect(all).toBeGreaterThanOrEqual(9);
    expect(right / all).toBeGreaterThanOrEqual(7 / 8);
    expect(code).toBe(0);
    expect(processesOf(demo.group)).toEqual([]);
    expect(leftovers()).toEqual([]);
  });
});

describe('npm run local', () => {
  it('takes the README’s commands, and Ctrl-C leaves no process and no file', async () => {
    const local = run(['local/local.ts']);
    closing.push(() => local.child.kill('SIGKILL'));
    const [, app = '', desk = ''] = await waitFor('the addresses', async () => {
      if (local.child.exitCode !== null) throw new Error(local.output());
      return (
        /The app\s+(\S+)[\s\S]*Drop a picture .*(http:\/\/127\.0\.0\.1:\d+)\/images/u.exec(local.output()) ??
        undefined
      );
    });
    const ports = { 'http://127.0.0.1:7071': app, 'http://127.0.0.1:7072': desk };

    const posted = JSON.parse(await shell(readmeCommand('curl --data-binary', ports))) as PredictionDocument;
    expect(posted.results[0]?.predictions[0]?.tagName).toBe('apple');

    await shell(readmeCommand('curl -T', ports));
    const read = readmeCommand('curl http://127.0.0.1:7072/predictions', ports);
    const document = await waitFor('the document', async () => {
      const text = await shell(read);
      return text.startsWith('{') ? (JSON.parse(text) as PredictionDocument) : undefined;
    });
    expect(document).toMatchObject({ status: 'succeeded', image: { name: 'fruit/apple.jpg' } });

    const [, command = ''] = /Run a command +\((.+)\)/u.exec(local.output()) ?? [];
    expect(await shell(command)).toMatch(/No fault: \d+ of \d+ checks passed/u);

    const projects = command.replace(/doctor$/u, 'projects');
    expect(await shell(projects)).toMatch(/^fruit .*\n(?:.*\n)* +Iteration 2 +fruit-boxes /mu);

    process.kill(-local.group, 'SIGINT'); // what a terminal sends to all of them
    const [code] = await local.exited;
    expect(code).toBe(0);
    await waitFor(
      'the last process to end',
      async () => (processesOf(local.group).length === 0 ? true : undefined),
      10_000,
    );
    expect(leftovers()).toEqual([]);
  });
});
