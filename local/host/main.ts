/**
 * The process of one functions host. By hand: `node local/host/main.ts` in the app's folder, its settings in the
 * environment and in local.settings.json. A parent that forks it gives it all its settings, is told 'ready' or 'failed'
 * and may send 'stop'; when the parent goes, the host goes.
 */

import { join } from 'node:path';
import { messageOf } from '../thrown.ts';
import type { Log } from './contract.ts';
import { openHost, type RunningHost } from './host.ts';
import { applyLocalSettings } from './localSettings.ts';
import { type FromHost, type ToHost, takeOptions } from './options.ts';

/** For the last words to get out; appTerminate hooks may hang. */
const LAST_WORDS_MS = 2000;
const TERMINATE_MS = 10_000;

function tell(message: FromHost, told: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, told);
  else told();
}

function exitAfter(code: number, message: FromHost): void {
  setTimeout(() => process.exit(code), LAST_WORDS_MS);
  tell(message, () => process.exit(code));
}

let opening: Promise<RunningHost> | undefined;
let stopping = false;

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), TERMINATE_MS).unref();
  const host = await opening?.catch(() => undefined);
  await host?.close();
  process.exit(0);
}

async function main(): Promise<void> {
  const options = takeOptions(process.env);
  if (!process.connected) applyLocalSettings(join(options.appDirectory, 'local.settings.json'));
  const verbose = options.verbose || process.argv.includes('--verbose');
  const log: Log = (entry) => {
    tell({ type: 'log', entry });
    if (verbose) {
      const origin = entry.functionName ? `${entry.category} ${entry.functionName}` : entry.category;
      process.stderr.write(`[${entry.level}] ${origin}: ${entry.message}\n`);
    }
  };

  // The real worker logs what nobody caught, a rejected promise too, and ends with exit code 1.
  process.on('uncaughtException', (error) => {
    const message = `Uncaught in the app, so the process ends: ${error?.stack ?? messageOf(error)}`;
    if (!process.connected) process.stderr.write(`${message}\n`);
    exitAfter(1, { type: 'log', entry: { level: 'critical', category: 'host', message } });
  });

  opening = openHost(options, process.env, log);
  const { url, functions } = await opening;
  if (!process.connected) process.stderr.write(`Functions host at ${url}: ${functions.join(', ')}\n`);
  tell({ type: 'ready', url, functions });
}

function fail(error: unknown): void {
  if (stopping) return;
  const message = messageOf(error);
  if (!process.connected) process.stderr.write(`The functions host did not start: ${message}\n`);
  exitAfter(1, { type: 'failed', message });
}

function stopOrFail(): void {
  stop().catch((error: unknown) => {
    process.stderr.write(`The functions host did not stop as it should: ${messageOf(error)}\n`);
    process.exit(1);
  });
}

process.on('SIGTERM', stopOrFail);
process.on('SIGINT', stopOrFail);
process.on('disconnect', stopOrFail);
process.on('message', (message: ToHost) => {
  if (message.type === 'stop') stopOrFail();
});
// A parent that is gone leaves broken pipes; that must not end the host before its functions have ended.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

main().catch(fail);
