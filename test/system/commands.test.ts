import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../../local/waiting.ts';
import type { PredictionDocument } from '../../src/storage/document.ts';
import { root, run } from '../support/terminal.ts';

const readme = readFileSync(`${root}/README.md`, 'utf8');

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

describe('npm run local', () => {
  it('takes the README’s commands, and Ctrl-C leaves no process and no file', async () => {
    const local = run('local/local.ts');
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
      async () => (local.processes().length === 0 ? true : undefined),
      10_000,
    );
    expect(local.leftovers()).toEqual([]);
  });
});
