import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../../../local/waiting.ts';
import { createApp } from './apps.ts';

const MAIN = fileURLToPath(new URL('../../../local/host/main.ts', import.meta.url));
const SOURCE = `app.http('told', { handler: async () => ({ body: process.env.TREES + process.env.SET }) });`;

/** `node local/host/main.ts`, as typed in the folder of an app with these local settings. */
async function start(localSettings: Buffer) {
  const app = await createApp({ source: SOURCE });
  onTestFinished(app.close);
  await writeFile(join(app.directory, 'local.settings.json'), localSettings);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    cwd: app.directory,
    env: { PATH: process.env.PATH, SET: ' set' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill();
    await once(child, 'exit');
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return { child, said: () => said };
}

it('a host started by hand reads local.settings.json as func start does', async () => {
  const text = '\ufeff{ "Values": { "TREES": "Bäume", "SET": "canary", /* more to come */ } }';
  const { said } = await start(Buffer.from(text, 'utf16le'));
  const url = await waitFor('the host', async () => /at (http:\S+):/u.exec(said())?.[1], 10_000);
  expect(await (await fetch(`${url}/api/told`)).text()).toBe('Bäume set');
});

it('a host started by hand tells of encrypted settings, and the way out', async () => {
  const { child, said } = await start(Buffer.from('{"IsEncrypted": true, "Values": {"TREES": "canary"}}'));
  expect((await once(child, 'exit'))[0]).toBe(1);
  expect(said()).toMatch(/did not start: .*is encrypted\.\nFix: func settings decrypt/u);
  expect(said()).not.toContain('canary');
});
