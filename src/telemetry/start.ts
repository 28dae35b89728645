import { extname } from 'node:path';
import type { PreInvocationHandler } from '@azure/functions';
import type { TokenCredential } from '@azure/identity';
import { agentThrough } from '../outbound/agents.ts';
import { waysOut } from '../settings/proxies.ts';
import type { TelemetryTarget } from '../settings/telemetry.ts';
import { turnOn } from './telemetry.ts';

/** Beside this file: as source, and as the bundles have it. */
const OPEN_TELEMETRY = `./openTelemetry${extname(new URL(import.meta.url).pathname)}`;

/**
 * With TELEMETRY set: loads what tells, a file of its own, and hands over the hook that begins each invocation’s span.
 * Never rejects: pictures are scored, told of or not.
 */
export async function startTelemetry(
  target: TelemetryTarget | undefined,
  credential: () => TokenCredential,
): Promise<PreInvocationHandler | undefined> {
  if (!target) return undefined;
  const warn = (line: string) => process.emitWarning(line, 'KeylessVisionTelemetry');
  try {
    const file = new URL(OPEN_TELEMETRY, import.meta.url).href;
    const { openTelemetry } = (await import(file)) as typeof import('./openTelemetry.ts');
    const address = new URL(target.address);
    const proxy = waysOut()(address);
    const agent = agentThrough(proxy, address);
    const { telemetry, receiving } = await openTelemetry(target, { agent, proxy, credential, warn });
    turnOn(telemetry);
    return receiving;
  } catch (error) {
    warn(`Nothing is told of what this app does: ${(error as Error).message}`);
    return undefined;
  }
}
