import { addressed, isService, isUnset, type ServiceModel } from '../../settings/settings.ts';
import { type Check, GROUPS, type Result, type Status } from './check.ts';
import { accessCheck } from './checks/access.ts';
import { callerChecks } from './checks/callers.ts';
import { connectionChecks } from './checks/connections.ts';
import { clockCheck, endpointCheck, endpointsOf } from './checks/endpoints.ts';
import { exportCheck } from './checks/exports.ts';
import { hostStorageCheck } from './checks/hostStorage.ts';
import { identityChecks } from './checks/identity.ts';
import { iterationCheck } from './checks/iterations.ts';
import { modelChecks } from './checks/models.ts';
import { notifyChecks } from './checks/notify.ts';
import { probeCheck } from './checks/probe.ts';
import { roleChecks } from './checks/roles.ts';
import { settingsCheck } from './checks/settings.ts';
import { storageChecks } from './checks/storage.ts';
import { subscriptionCheck } from './checks/subscription.ts';
import { surroundingsChecks, triggerCheck } from './checks/surroundings.ts';
import { retirementCheck } from './checks/training.ts';
import { waysCheck } from './checks/ways.ts';
import { type Context, createContext, type Environment } from './context.ts';
import type { DeployedApp } from './deployedApp.ts';
import { createRedaction, redacted } from './redact.ts';
import { runChecks } from './runChecks.ts';

export type DoctorOptions = {
  /** Whether each model may score one picture; true unless told. */
  paidCalls?: boolean;
  /** Drops a picture and waits this long for its document. */
  probeSeconds?: number;
  /** Ends the waiting for that document. */
  signal?: AbortSignal;
  /** The app in Azure that the settings are of; without one they apply here. */
  deployed?: DeployedApp;
};

/** Safe to show anybody: no token, key or connection string is in it. */
export type Diagnosis = {
  /** The first fault along the chain: what explains the others. */
  cause: Result | undefined;
  /** In the order of the chain. */
  results: readonly Result[];
  counts: Readonly<Record<Status, number>>;
  /** No fault, and no check that failed by itself. */
  healthy: boolean;
};

/** Follows the chain from the settings to the events. Never rejects for what a check finds or meets. */
export async function runDoctor(environment: Environment, options: DoctorOptions = {}): Promise<Diagnosis> {
  const context = createContext(environment, options.deployed);
  const found = await runChecks(allChecks(context, options));
  const results = redacted(found, createRedaction(environment)).toSorted(byGroup);
  const counts = { ok: 0, warning: 0, fault: 0, 'could not check': 0 };
  for (const { status } of results) counts[status] += 1;
  return {
    cause: results.find(({ status }) => status === 'fault'),
    results,
    counts,
    healthy: counts.fault === 0 && !results.some(({ because }) => because === 'failed'),
  };
}

const copyName = ({ name, endpoint }: ServiceModel): string => `${name} at ${new URL(endpoint).host}`;

const byGroup = (a: Result, b: Result): number => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group);

/** Each stands behind those it comes after. */
export function allChecks(context: Context, options: DoctorOptions = {}): Check[] {
  const { paidCalls = true, probeSeconds, signal, deployed } = options;
  const all = context.loaded.settings?.models ?? [];
  const models = all.filter(isService);
  const places = models.flatMap((model) =>
    addressed(model).map((each, copy) => (copy === 0 ? each : { ...each, name: copyName(each) })),
  );
  if (!deployed && !context.place.azure && isUnset(context.environment)) return [settingsCheck(context)];
  return [
    // the connections first: they tell a missing setting from a misspelt one
    ...connectionChecks(context),
    settingsCheck(context),
    ...surroundingsChecks(context),
    triggerCheck(context),
    waysCheck(context),
    clockCheck(context),
    ...identityChecks(context),
    ...endpointsOf(context).flatMap((endpoint) => [
      endpointCheck(context, endpoint),
      accessCheck(
        context,
        endpoint,
        places.filter((model) => model.endpoint === endpoint),
      ),
    ]),
    ...(deployed ? roleChecks(context, deployed) : []),
    ...places.flatMap((model) => modelChecks(context, model, paidCalls && !deployed)),
    ...all.flatMap((model) => exportCheck(context, model)),
    ...storageChecks(context),
    // copies have iterations of their own, so a model that has some has no one iteration
    ...(deployed
      ? []
      : models.filter(({ copies }) => !copies).flatMap((model) => iterationCheck(context, model, paidCalls))),
    hostStorageCheck(context),
    ...(deployed ? [subscriptionCheck(context, deployed)] : []),
    ...(probeSeconds === undefined ? [] : [probeCheck(context, probeSeconds, signal)]),
    ...notifyChecks(context),
    ...callerChecks(context),
    retirementCheck(),
  ];
}
