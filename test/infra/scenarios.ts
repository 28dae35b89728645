import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bicep, Scope } from './bicep/compiler.ts';
import type { Workspace } from './bicep/workspace.ts';
import { resolved } from './expressions.ts';
import { type Files, ROOT, SCENARIOS, snapshotOf } from './files.ts';

const SUBSCRIPTION: Scope = {
  tenantId: '11111111-1111-4111-8111-111111111111',
  subscriptionId: '00000000-0000-4000-8000-000000000001',
  location: 'westeurope',
};

export type Deployed = {
  type: string;
  /** Its own, without those of the resources that it is within. */
  name: string;
  id: string;
  [member: string]: unknown;
};
/** What deploying one of test/infra/scenarios would make. */
export type Scenario = {
  name: string;
  /** infra/main.bicep or one of the others. */
  template: string;
  /** As they are given, where they are plain values. */
  parameters: Record<string, unknown>;
  resources: Deployed[];
  outputs: Record<string, unknown>;
};

export const scenarioPaths = (files: Files): string[] =>
  [...files.keys()].filter((path) => path.startsWith(SCENARIOS) && path.endsWith('.bicepparam'));

/** As they were when the snapshots were last written. */
export const keptScenarios = (files: Files): Scenario[] =>
  scenarioPaths(files)
    .filter((path) => existsSync(join(ROOT, snapshotOf(path))))
    .map((path) =>
      toScenario(path, files.get(path) ?? '', readFileSync(join(ROOT, snapshotOf(path)), 'utf8')),
    );

/** What the compiler makes of it now; rejects where it does not compile. */
export async function takeSnapshot(bicep: Bicep, workspace: Workspace, path: string): Promise<string> {
  const snapshot = JSON.parse(await bicep.snapshot(workspace.at(path), scopeOf(path)));
  const outputs = Object.entries(snapshot.outputs).toSorted(([a], [b]) => (a < b ? -1 : 1)); // they come in any order
  return `${JSON.stringify({ ...snapshot, outputs: Object.fromEntries(outputs) }, null, 2)}\n`;
}

/** The event subscriptions come into a group that is there. */
export const scopeOf = (path: string): Scope =>
  path.includes('-subscription') ? { ...SUBSCRIPTION, resourceGroup: 'rg-demo-vision' } : SUBSCRIPTION;

export function toScenario(path: string, source: string, snapshot: string): Scenario {
  const { predictedResources, outputs } = JSON.parse(snapshot);
  const resources = (predictedResources as Record<string, unknown>[]).map((each): Deployed => {
    const { id, type, name, ...body } = each;
    const ids = {
      id: resolvedId(id),
      type: String(type),
      name:
        String(resolved(name ?? ''))
          .split('/')
          .at(-1) ?? '',
    };
    return { ...(resolved(body) as object), ...ids };
  });
  return {
    name: path.slice(SCENARIOS.length + 1).replace(/\.bicepparam$/u, ''),
    template: /^using '(?:\.\.\/)*(.+)'/mu.exec(source)?.[1] ?? '',
    parameters: Object.fromEntries(plainParameters(source)),
    resources,
    outputs: resolved(outputs ?? {}) as Record<string, unknown>,
  };
}

/** Those of children are put together by functions that nothing here needs. */
const resolvedId = (id: unknown): string => String(String(id).includes('lambda(') ? id : resolved(id ?? ''));

function* plainParameters(source: string): Generator<[string, unknown]> {
  for (const [, name = '', text = ''] of source.matchAll(/^param (\w+) = (.+)$/gmu)) {
    if (/^'.*'$/u.test(text)) yield [name, text.slice(1, -1)];
    else if (/^(?:true|false|\d+)$/u.test(text)) yield [name, JSON.parse(text)];
  }
}
