import { UsageError } from '../faults.ts';
import { interruption } from '../progress.ts';
import { deployedApp } from './deployedApp.ts';
import { jsonReport, textReport } from './report.ts';
import { runDoctor } from './runDoctor.ts';

export type DoctorArguments = {
  app?: string;
  resourceGroup?: string;
  subscription?: string;
  json?: boolean;
  verbose?: boolean;
  /** Seconds to wait for the document of a dropped picture. */
  probe?: number;
  paidCalls: boolean;
};

/** Prints the diagnosis. Resolves with the exit code. Throws UsageError, or what keeps the app’s settings from being read. */
export async function doctor(given: DoctorArguments): Promise<number> {
  const { json, verbose = false, probe, paidCalls } = given;
  if (probe !== undefined && !paidCalls) {
    throw new UsageError(
      'The picture of --probe is scored, which is a paid call; --no-paid-calls forbids it.',
      'Leave out one of the two.',
    );
  }
  const deployed = await deployedFrom(given);
  const signal = probe === undefined ? undefined : interruption(); // what was dropped is to be taken away
  const diagnosis = await runDoctor(deployed?.settings ?? process.env, {
    paidCalls,
    ...(probe !== undefined && { probeSeconds: probe }),
    ...(signal && { signal }),
    ...(deployed && { deployed }),
  });
  if (signal?.aborted) {
    console.error('Interrupted; what was dropped is taken away again.');
    return 130;
  }
  process.stdout.write(
    json ? jsonReport(diagnosis) : textReport(diagnosis, { verbose, stream: process.stdout }),
  );
  return diagnosis.healthy ? 0 : 1;
}

async function deployedFrom({ app, resourceGroup, subscription }: DoctorArguments) {
  if (!app && !resourceGroup && !subscription) return undefined;
  const subscriptionId = subscription ?? process.env.AZURE_SUBSCRIPTION_ID?.trim();
  if (app && resourceGroup && subscriptionId) return deployedApp(subscriptionId, resourceGroup, app);
  const missing = [
    !app && '--app',
    !resourceGroup && '--resource-group',
    !subscriptionId && '--subscription',
  ];
  throw new UsageError(
    `To look at a deployed app, give ${missing.filter(Boolean).join(' and ')} too.`,
    'keyless doctor --app <name> --resource-group <group> --subscription <id> (az account show --query id; AZURE_SUBSCRIPTION_ID stands in for the last)',
  );
}
